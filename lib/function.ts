import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../functions/environment.ts';
import type { Bundler } from './bundle.ts';
import type { Network } from './network.ts';
import { explainWildcard } from './wildcards.ts';

/** Minutes are few, so that the message of a killed function comes back soon; memory buys processor time and network. */
export const SIZES: Readonly<Record<FunctionName, { readonly timeout: Duration; readonly memorySize: number }>> = {
  supervise: { timeout: Duration.minutes(5), memorySize: 1024 },
  enumerate: { timeout: Duration.minutes(5), memorySize: 1024 },
  transfer: { timeout: Duration.minutes(5), memorySize: 1024 },
  import: { timeout: Duration.minutes(5), memorySize: 1024 },
  uploads: { timeout: Duration.minutes(1), memorySize: 512 },
};

/** What all functions of a stack have in common. */
export interface FunctionDefaults {
  /** Each function is called `<stack>-<name>`. */
  readonly stack: string;
  readonly bundler: Bundler;
  readonly environment: Readonly<Record<string, string>>;
  readonly network: Network | undefined;
  readonly logDays: RetentionDays;
  readonly debug: boolean;
}

/** One of the functions. Its role may write its own log, and nothing else until something is granted. */
export function createFunction(scope: Construct, name: FunctionName, defaults: FunctionDefaults): LambdaFunction {
  const { stack, bundler, environment, network, logDays, debug } = defaults;
  const functionName = `${stack}-${name}`;
  const id = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  // Logs hold nothing that the evidence does not: they go with the stack, so that it can be deployed again under its name.
  const logGroup = new LogGroup(scope, `${id}Logs`, {
    logGroupName: `/aws/lambda/${functionName}`,
    retention: logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (network) allowInterfaces(role);
  const { code, discard } = bundler(name);
  const created = new LambdaFunction(scope, id, {
    functionName,
    ...SIZES[name],
    code,
    handler: 'index.handler',
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    // The functions drop lines by their level themselves. Lambda would take metrics, which are lines without a level, for INFO.
    applicationLogLevelV2: debug ? ApplicationLogLevel.DEBUG : ApplicationLogLevel.INFO,
    systemLogLevelV2: SystemLogLevel.INFO,
    environment: { ...environment },
    ...network,
  });
  discard();
  return created;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions */
function allowInterfaces(role: Role): void {
  role.addToPolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:DeleteNetworkInterface',
        'ec2:AssignPrivateIpAddresses',
        'ec2:UnassignPrivateIpAddresses',
      ],
      resources: ['*'],
    }),
  );
  explainWildcard(role, 'Resource::*', 'network interfaces of a function have no ARN before Lambda makes them');
}
