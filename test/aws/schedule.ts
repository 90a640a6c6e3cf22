import { FunctionError } from './execution-environment.ts';
import type { LambdaFunction } from './function.ts';
import type { RigTime } from './time.ts';

/** EventBridge Scheduler: invokes a function again and again, whether or not the time before has ended. */
export interface Schedule {
  stop(): Promise<void>;
}

/** `everyMs` by the clock of the rig. A function that fails is invoked again the next time: what it says is in its statistics. */
export function startSchedule(lambda: LambdaFunction, event: unknown, everyMs: number, time: RigTime): Schedule {
  const running = new Set<Promise<void>>();
  const invoke = async () => {
    await lambda.invoke(event).catch((error: unknown) => {
      if (!(error instanceof FunctionError)) throw error;
    });
  };
  const timer = setInterval(() => {
    const invocation = invoke().finally(() => running.delete(invocation));
    running.add(invocation);
  }, everyMs / time.factor);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.allSettled(running);
    },
  };
}
