import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as machineSleep } from 'node:timers/promises';
import type { FromBootstrap, ToBootstrap } from './bootstrap.ts';
import { killChild, startChild } from './child.ts';
import type { RigTime } from './time.ts';

/** What an environment is made of; times by the clock of the rig. */
export interface EnvironmentSettings {
  readonly functionName: string;
  readonly arn: string;
  /** As in the template: `index.handler`. */
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** All that the code finds in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Holds the unpacked asset and nothing else. */
  readonly folder: string;
  readonly logFile: string;
}

/** What Lambda answers instead of a result. */
export class FunctionError extends Error {
  override readonly name = 'FunctionError';
  readonly errorType: string;
  constructor(errorType: string, message: string) {
    super(`${errorType}: ${message}`);
    this.errorType = errorType;
  }
}

export interface Fate {
  /** The time that the function gets, instead of its template's. */
  readonly timeoutMs?: number;
  /** The environment is killed once this is settled. */
  readonly kill?: Promise<void>;
}

/** One execution environment: one process that runs one invocation after the other and is frozen in between, as on Lambda. */
export interface ExecutionEnvironment {
  /** Raises `FunctionError`. */
  invoke(event: unknown, fate?: Fate): Promise<unknown>;
  /** It died, and takes no more invocations. */
  dead(): boolean;
  end(): Promise<void>;
}

/** Of the memory that a function has, the part that Lambda gives to the heap of Node.js. */
const HEAP_SHARE = 0.9;

export async function startEnvironment(settings: EnvironmentSettings, time: RigTime): Promise<ExecutionEnvironment> {
  const { handler, memoryMb } = settings;
  const child = await startChild({
    program: 'bootstrap.ts',
    nodeOptions: ['--disable-warning=ExperimentalWarning', `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`],
    env: settings.env,
    cwd: settings.folder,
    logFile: settings.logFile,
  });
  const state = { dead: false };
  child.once('exit', () => {
    state.dead = true;
  });
  const kill = async () => {
    state.dead = true;
    await killChild(child);
  };
  time.onMove((moved) => {
    if (!state.dead) send(child, { kind: 'moved', moved });
  });
  const ready = reply(child);
  send(child, { kind: 'begin', clock: time.settings(), handler });
  const first = await ready;
  if (first.kind === 'error') {
    await kill();
    throw new FunctionError(first.errorType, `${first.errorMessage} (${settings.functionName}, while it was loaded)`);
  }
  return {
    dead: () => state.dead,
    end: kill,
    async invoke(event, fate = {}) {
      const timeoutMs = fate.timeoutMs ?? settings.timeoutMs;
      child.kill('SIGCONT');
      const over = new AbortController();
      const answered = reply(child);
      send(child, { kind: 'invoke', event, context: contextOf(settings, time.now() + timeoutMs) });
      const timedOut = machineSleep(timeoutMs / time.factor, 'timed out' as const, { signal: over.signal });
      const killed = fate.kill?.then(() => 'killed' as const);
      const outcome = await Promise.race([answered, timedOut, ...(killed ? [killed] : [])]).finally(() => over.abort());
      timedOut.catch(() => undefined);
      if (typeof outcome === 'string') {
        await kill();
        await answered;
        const message = outcome === 'killed' ? 'Runtime exited' : `Task timed out after ${timeoutMs / 1000} seconds`;
        throw new FunctionError(outcome === 'killed' ? 'Runtime.ExitError' : 'Sandbox.Timedout', message);
      }
      if (!state.dead) child.kill('SIGSTOP');
      if (outcome.kind === 'error') throw new FunctionError(outcome.errorType, outcome.errorMessage);
      return outcome.kind === 'result' ? (JSON.parse(outcome.payload) as unknown) : undefined;
    },
  };
}

function contextOf({ functionName, arn, memoryMb }: EnvironmentSettings, deadline: number) {
  return {
    awsRequestId: randomUUID(),
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'rig',
    deadline,
  };
}

function send(child: ChildProcess, message: ToBootstrap): void {
  // One that is dead meanwhile is noticed by its end.
  child.send(message, () => undefined);
}

/** The next message of the child; an error once it has died. */
function reply(child: ChildProcess): Promise<FromBootstrap> {
  return new Promise((resolve) => {
    const settle = (message: FromBootstrap) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message);
    };
    const onMessage = (message: unknown) => settle(message as FromBootstrap);
    const onExit = (code: number | null, signal: string | null) =>
      settle({
        kind: 'error',
        errorType: 'Runtime.ExitError',
        errorMessage: `Runtime exited with ${code === null ? `signal ${signal}` : `status ${code}`}`,
        trace: '',
      });
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
