import type { FunctionName } from '../../functions/environment.ts';
import type { Functions } from './functions.ts';
import { type EventSourceMapping, eventSourceMapping, type MappingSettings } from './mapping.ts';
import { resourcesOf } from './resources.ts';
import type { Services } from './services.ts';
import type { Synthesis } from './synthesis.ts';
import type { Properties, Resolver } from './template.ts';
import type { RigTime } from './time.ts';

export type Mappings = ReadonlyMap<FunctionName, EventSourceMapping>;

/** Lambda takes a batch of up to 10 messages where the template says nothing, and this many invocations at a time at most. */
const DEFAULT_BATCH = 10;
const DEFAULT_CONCURRENCY = 1000;

/** Starts every event source mapping of the template. */
export function startMappings(
  synthesis: Synthesis,
  resolver: Resolver,
  functions: Functions,
  services: Services,
  time: RigTime,
): Mappings {
  const mappings = new Map<FunctionName, EventSourceMapping>();
  for (const [id, properties] of resourcesOf(synthesis.template, 'AWS::Lambda::EventSourceMapping')) {
    const settings = settingsOf(id, properties, synthesis, resolver);
    const found = Object.entries(functions).find(
      ([
        ,
        {
          settings: { arn },
        },
      ]) => arn === settings.functionArn,
    );
    if (!found) throw new Error(`${id} feeds ${settings.functionArn}, which the rig does not run`);
    const [name, lambda] = found as [FunctionName, Functions[FunctionName]];
    const mapping = eventSourceMapping(settings, { sqs: services.sqs, lambda, time });
    mappings.set(name, mapping);
    services.lambda.mappings.set(settings.uuid, mapping);
  }
  return mappings;
}

function settingsOf(id: string, properties: Properties, synthesis: Synthesis, resolver: Resolver): MappingSettings {
  const queueArn = resolver.text(properties.EventSourceArn);
  // By its name or by its ARN.
  const named = resolver.text(properties.FunctionName);
  const lambdas = resourcesOf(synthesis.template, 'AWS::Lambda::Function').map(([lambda]) =>
    resolver.attributes(lambda),
  );
  const functionArn = lambdas.find(({ Ref, Arn }) => named === Ref || named === Arn)?.Arn;
  if (functionArn === undefined) throw new Error(`${id} feeds ${named}, which is no function of the template`);
  const [, queue] =
    resourcesOf(synthesis.template, 'AWS::SQS::Queue')
      .map(([queueId]) => [queueId, resolver.attributes(queueId)] as const)
      .find(([, { Arn }]) => Arn === queueArn) ?? [];
  if (!queue) throw new Error(`${id} is fed by ${queueArn}, which is no queue of the template`);
  const scaling = properties.ScalingConfig as { MaximumConcurrency?: number } | undefined;
  const types = (properties.FunctionResponseTypes ?? []) as readonly string[];
  return {
    uuid: String(resolver.attributes(id).Id),
    queueUrl: String(queue.Ref),
    queueArn,
    functionArn,
    batchSize: Number(properties.BatchSize ?? DEFAULT_BATCH),
    windowMs: Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    maximumConcurrency: scaling?.MaximumConcurrency ?? DEFAULT_CONCURRENCY,
    reportsBatchItemFailures: types.includes('ReportBatchItemFailures'),
    enabled: properties.Enabled !== false,
  };
}
