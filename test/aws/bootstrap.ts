// The runtime of one execution environment, in a process of its own. It lies outside of the asset: the current folder holds that alone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ClockSettings, liveBy } from './clock.ts';

export interface ContextFields {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** By the clock of the rig. */
  readonly deadline: number;
}

export type ToBootstrap =
  | { readonly kind: 'begin'; readonly clock: ClockSettings; readonly handler: string }
  | { readonly kind: 'moved'; readonly moved: number }
  | { readonly kind: 'invoke'; readonly event: unknown; readonly context: ContextFields };

export type FromBootstrap =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly payload: string }
  | { readonly kind: 'error'; readonly errorType: string; readonly errorMessage: string; readonly trace: string };

type Handler = (event: unknown, context: object) => Promise<unknown>;

let move: (moved: number) => void = () => undefined;
let handler: Promise<Handler> | undefined;

const answer = (message: FromBootstrap) => process.send?.(message);

process.on('message', (message: ToBootstrap) => {
  if (message.kind === 'moved') move(message.moved);
  else if (message.kind === 'begin') begin(message.clock, message.handler);
  else void invoke(message.event, message.context);
});

function begin(clock: ClockSettings, name: string): void {
  move = liveBy(clock);
  handler = load(name);
  handler.then(() => answer({ kind: 'ready' }), failed);
}

/** `index.handler` is the export `handler` of `index.js`, `.mjs` or `.cjs`: the order in which Lambda looks. */
async function load(name: string): Promise<Handler> {
  const dot = name.lastIndexOf('.');
  const paths = ['.js', '.mjs', '.cjs'].map((extension) => join(process.cwd(), `${name.slice(0, dot)}${extension}`));
  const path = paths.find((candidate) => existsSync(candidate));
  if (path === undefined) throw new Error(`the asset has none of ${paths.join(', ')}`);
  const exported: unknown = (await import(pathToFileURL(path).href))[name.slice(dot + 1)];
  if (typeof exported !== 'function') throw new Error(`${path} does not export ${name.slice(dot + 1)}`);
  return exported as Handler;
}

async function invoke(event: unknown, { deadline, ...context }: ContextFields): Promise<void> {
  try {
    const result = await (await handler)?.(event, {
      ...context,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    });
    answer({ kind: 'result', payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    failed(error);
  }
}

function failed(error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  answer({ kind: 'error', errorType: name, errorMessage: message, trace: stack ?? '' });
}
