import { FunctionError } from './execution-environment.ts';
import type { LambdaFunction } from './function.ts';
import type { EventSourceMapping } from './mapping.ts';
import { type ServiceAnswer, ServiceError, type StandIn, startStandIn } from './stand-ins.ts';

const MAPPING = /^\/2015-03-31\/event-source-mappings\/([^/?]+)\/?$/;
const INVOCATION = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/;

/** The Lambda API: Invoke, and Get and UpdateEventSourceMapping. */
export interface LambdaStandIn extends StandIn {
  readonly functions: Map<string, LambdaFunction>;
  /** By UUID. */
  readonly mappings: Map<string, EventSourceMapping>;
}

export async function startLambda(): Promise<LambdaStandIn> {
  const functions = new Map<string, LambdaFunction>();
  const mappings = new Map<string, EventSourceMapping>();
  const standIn = await startStandIn(async ({ method, path, body }) => {
    const uuid = MAPPING.exec(path)?.[1];
    if (uuid !== undefined) return mappingRequest(found(mappings.get(uuid), uuid), method, body);
    const name = decodeURIComponent(INVOCATION.exec(path)?.[1] ?? '');
    if (method !== 'POST' || name === '') throw new ServiceError('UnknownOperationException', `${method} ${path}`, 404);
    const target = name.split(':').at(-1) ?? name;
    return invoke(found(functions.get(target), name), body);
  });
  return { ...standIn, functions, mappings };
}

function found<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new ServiceError('ResourceNotFoundException', `Not found: ${name}`, 404);
  return value;
}

function mappingRequest(mapping: EventSourceMapping, method: string, body: Buffer): ServiceAnswer {
  if (method === 'PUT') {
    if (mapping.state.endsWith('ing'))
      throw new ServiceError('ResourceInUseException', `The mapping is ${mapping.state.toLowerCase()}.`, 400);
    const { Enabled } = JSON.parse(body.toString()) as { Enabled?: boolean };
    if (Enabled !== undefined) mapping.enable(Enabled);
  } else if (method !== 'GET') throw new ServiceError('UnknownOperationException', method, 404);
  const { settings, state } = mapping;
  return {
    status: method === 'PUT' ? 202 : 200,
    body: {
      UUID: settings.uuid,
      State: state,
      BatchSize: settings.batchSize,
      EventSourceArn: settings.queueArn,
      FunctionArn: settings.functionArn,
      ScalingConfig: { MaximumConcurrency: settings.maximumConcurrency },
    },
  };
}

/** As for `RequestResponse`. */
async function invoke(lambda: LambdaFunction, body: Buffer): Promise<ServiceAnswer> {
  const event: unknown = body.length === 0 ? {} : JSON.parse(body.toString());
  try {
    return { body: (await lambda.invoke(event)) ?? null, headers: { 'x-amz-executed-version': '$LATEST' } };
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const { errorType, message: errorMessage } = error;
    return { body: { errorType, errorMessage }, headers: { 'x-amz-function-error': 'Unhandled' } };
  }
}
