import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FUNCTION_NAMES, type FunctionName } from '../../functions/environment.ts';
import { type LambdaFunction, lambdaFunction } from './function.ts';
import { resourcesOf } from './resources.ts';
import type { Synthesis } from './synthesis.ts';
import type { Properties, Resolver } from './template.ts';
import type { RigTime } from './time.ts';

export type Functions = Readonly<Record<FunctionName, LambdaFunction>>;

interface Place {
  readonly synthesis: Synthesis;
  readonly resolver: Resolver;
  readonly time: RigTime;
  /** Of the rig: each function gets a folder and a log in it. */
  readonly folder: string;
  /** What makes the AWS SDK find the rig's services. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** All functions of the product that the template has; the stack's name comes before theirs. */
export async function createFunctions(place: Place): Promise<Partial<Functions>> {
  const { synthesis, resolver } = place;
  const functions: Partial<Record<FunctionName, LambdaFunction>> = {};
  for (const [id, properties] of resourcesOf(synthesis.template, 'AWS::Lambda::Function')) {
    const { Ref = '', Arn = '' } = resolver.attributes(id);
    const name = FUNCTION_NAMES.find((candidate) => Ref === `${synthesis.stack}-${candidate}`);
    // What the CDK adds for its own purposes at deployment is none of ours.
    if (name !== undefined) functions[name] = await createFunction(Ref, Arn, properties, place);
  }
  return functions;
}

async function createFunction(
  name: string,
  arn: string,
  properties: Properties,
  place: Place,
): Promise<LambdaFunction> {
  const { Runtime, Handler, Timeout, MemorySize, Code, Environment } = properties;
  if (Runtime !== 'nodejs24.x') throw new Error(`${name} is for ${String(Runtime)}, the rig runs nodejs24.x`);
  const { S3Key } = Code as { S3Key: unknown };
  const hash = place.resolver.text(S3Key).replace(/\.zip$/, '');
  const folder = join(place.folder, name);
  await mkdir(folder);
  await cp(place.synthesis.asset(hash), folder, { recursive: true });
  const variables = place.resolver.resolve((Environment as Properties | undefined)?.Variables ?? {});
  return lambdaFunction(
    {
      functionName: name,
      arn,
      handler: String(Handler),
      timeoutMs: Number(Timeout) * 1000,
      memoryMb: Number(MemorySize),
      env: {
        ...(variables as Record<string, string>),
        ...runtimeVariables(name, Number(MemorySize)),
        ...place.overrides,
      },
      folder,
      logFile: join(place.folder, `${name}.log`),
    },
    place.time,
  );
}

/** What the runtime itself sets: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function runtimeVariables(name: string, memoryMb: number): Record<string, string> {
  return {
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
  };
}
