import {
  type EnvironmentSettings,
  type ExecutionEnvironment,
  type Fate,
  startEnvironment,
} from './execution-environment.ts';
import type { RigTime } from './time.ts';

/** What is told about one invocation before it begins. */
export interface Invocation {
  /** From 1. */
  readonly number: number;
  readonly event: unknown;
}

/** Decides what happens to an invocation; nothing in particular by default. */
export type Director = (invocation: Invocation) => Fate | undefined;

export interface FunctionStatistics {
  invocations: number;
  /** Time of all invocations together, milliseconds of the machine's clock. */
  durationMs: number;
  /** Invocations that did not return. */
  readonly errors: string[];
  environments: number;
  /** Invocations at a time at most. */
  peak: number;
}

/** A function as Lambda runs it: a free environment takes the next invocation, and a new one is started when there is none. */
export interface LambdaFunction {
  readonly name: string;
  readonly settings: EnvironmentSettings;
  readonly statistics: FunctionStatistics;
  /** Raises `FunctionError`. */
  invoke(event: unknown): Promise<unknown>;
  direct(director: Director | undefined): void;
  /** Ends the environments; the next invocation starts a new one, as after a deployment. */
  end(): Promise<void>;
}

export function lambdaFunction(settings: EnvironmentSettings, time: RigTime): LambdaFunction {
  const idle: ExecutionEnvironment[] = [];
  const all = new Set<ExecutionEnvironment>();
  const statistics: FunctionStatistics = { invocations: 0, durationMs: 0, errors: [], environments: 0, peak: 0 };
  let director: Director | undefined;
  let running = 0;

  const environment = async () => {
    for (let free = idle.pop(); free; free = idle.pop()) if (!free.dead()) return free;
    statistics.environments += 1;
    const started = await startEnvironment(settings, time);
    all.add(started);
    return started;
  };

  const invoke = async (event: unknown) => {
    statistics.invocations += 1;
    running += 1;
    statistics.peak = Math.max(statistics.peak, running);
    const fate = director?.({ number: statistics.invocations, event });
    let begun = performance.now();
    try {
      const place = await environment();
      begun = performance.now();
      try {
        return await place.invoke(event, fate);
      } finally {
        if (place.dead()) all.delete(place);
        else idle.push(place);
      }
    } catch (error) {
      statistics.errors.push(String(error));
      throw error;
    } finally {
      statistics.durationMs += performance.now() - begun;
      running -= 1;
    }
  };

  return {
    name: settings.functionName,
    settings,
    statistics,
    invoke: (event) => time.run(() => invoke(event)),
    direct(next) {
      director = next;
    },
    async end() {
      idle.length = 0;
      await Promise.all([...all].map((place) => place.end()));
      all.clear();
    },
  };
}
