import type { Place } from '../core/queues.ts';

/** How the supervisor paces jobs. Times in milliseconds. */
export interface SupervisorSettings {
  /** A chunk that waits for longer than this may have lost its message; longer than a message can be hidden. */
  readonly idleAfterMs: number;
  /** No attempt at a chunk takes longer: one that began before that has died. */
  readonly longestAttemptMs: number;
  /** The enumerator of an unfinished plan is woken at most so often. */
  readonly pokeEveryMs: number;
  /** Wait before the first round that repeats failures; doubled from round to round. */
  readonly roundDelayMs: number;
  readonly longestRoundDelayMs: number;
  /** Attempts in this round are the last. */
  readonly lastRound: number;
  /** Failures, since the job was started or resumed, before it may be stopped because most of what it tries fails. */
  readonly failuresToStop: number;
  /** Whoever runs this supervisor has checked both servers himself, a moment before: it need not be done again when a job starts. */
  readonly assessed: boolean;
  /** Whose jobs it looks after. */
  readonly place: Place;
}

export const DEFAULT_SETTINGS: SupervisorSettings = {
  idleAfterMs: 30 * 60_000,
  // Here an attempt is bounded by nothing, and whoever dies is replaced by the next process, which restores its messages.
  longestAttemptMs: Number.POSITIVE_INFINITY,
  pokeEveryMs: 10_000,
  roundDelayMs: 2000,
  longestRoundDelayMs: 60_000,
  lastRound: 20,
  failuresToStop: 200,
  assessed: false,
  place: 'functions',
};
