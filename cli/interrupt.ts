import { EXIT } from './exit-codes.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Signals do again what they do by default. */
  release(): void;
}

/**
 * The first signal asks for an orderly end; the second one ends the process at once, which loses nothing either: the next run
 * goes on from what is written.
 */
export function onInterrupt(told: (signal: NodeJS.Signals) => void): Interrupt {
  const controller = new AbortController();
  const handle = (signal: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(EXIT.workLeft);
    controller.abort();
    told(signal);
  };
  for (const signal of SIGNALS) process.on(signal, handle);
  return {
    signal: controller.signal,
    release: () => {
      for (const signal of SIGNALS) process.off(signal, handle);
    },
  };
}
