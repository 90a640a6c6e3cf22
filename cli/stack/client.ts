import type { InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { Answers } from '../../functions/control/answers.ts';
import { REQUEST_VERSION, type RequestType } from '../../functions/control/requests.ts';
import { FatalError, MigrationError, UsageError } from '../../functions/core/errors.ts';
import type { FunctionName } from '../../functions/environment.ts';
import type { Ask } from '../ask.ts';
import { stackError } from './errors.ts';

/** A deployed stack, spoken to through its supervise function alone. */
export interface Stack {
  readonly name: string;
  readonly ask: Ask<RequestType>;
  close(): void;
}

const FUNCTION: FunctionName = 'supervise';
/** A function has five minutes. */
const ANSWER_TIMEOUT_MS = 330_000;
const CONNECTION_TIMEOUT_MS = 10_000;

const response = z.discriminatedUnion('ok', [
  z.looseObject({ ok: z.literal(true) }),
  z.looseObject({ ok: z.literal(false), code: z.string(), message: z.string(), fatal: z.boolean().optional() }),
]);

/** @param trace is told each request and how long it took, milliseconds. */
export async function connectStack(
  name: string,
  trace: (type: RequestType, ms: number) => void = () => undefined,
): Promise<Stack> {
  // Commands about this machine shall not wait for the SDK to load.
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({
    requestHandler: { requestTimeout: ANSWER_TIMEOUT_MS, connectionTimeout: CONNECTION_TIMEOUT_MS },
  });
  const invoke = async (type: RequestType, request: object): Promise<InvokeCommandOutput> => {
    const Payload = JSON.stringify({ control: { v: REQUEST_VERSION, type, ...request } });
    try {
      return await client.send(new InvokeCommand({ FunctionName: `${name}-${FUNCTION}`, Payload }));
    } catch (error) {
      throw stackError(error, name, await regionOf(client));
    }
  };
  return {
    name,
    ask: async (type, request) => {
      const begun = performance.now();
      const output = await invoke(type, request);
      trace(type, performance.now() - begun);
      return answerOf(name, type, output);
    },
    close: () => client.destroy(),
  };
}

async function regionOf(client: LambdaClient): Promise<string | undefined> {
  try {
    return await client.config.region();
  } catch {
    // The SDK raises an error where none is configured.
    return undefined;
  }
}

/** The stack's answer, which is what its version of this program says it is. */
function answerOf<T extends RequestType>(
  stack: string,
  type: T,
  { Payload, FunctionError }: InvokeCommandOutput,
): Answers[T] {
  const body = parse(Payload);
  if (FunctionError !== undefined) throw functionError(stack, body);
  const parsed = response.safeParse(body);
  if (!parsed.success)
    throw new FatalError('NOT_A_STACK', `${stack}-${FUNCTION} does not answer as a stack of orthanc-migrate (${type})`);
  if (parsed.data.ok) return parsed.data as unknown as Answers[T];
  const { code, message, fatal } = parsed.data;
  if (fatal) throw new FatalError(code, message);
  throw code === 'USAGE' ? new UsageError(message) : new MigrationError(code, message);
}

const failure = z.looseObject({ errorType: z.string().optional(), errorMessage: z.string() });

function functionError(stack: string, body: unknown): FatalError {
  const parsed = failure.safeParse(body);
  const { errorType = 'error', errorMessage = 'unknown' } = parsed.data ?? {};
  const text = `${errorType}: ${errorMessage}`.replace(/\s+/g, ' ');
  return new FatalError('STACK_FAILED', `function ${stack}-${FUNCTION} failed: ${text}; its log has more`);
}

function parse(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
