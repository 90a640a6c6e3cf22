import type { Command } from 'commander';
import { UsageError } from '../../functions/core/errors.ts';
import type { EndpointName } from '../../functions/core/ids.ts';
import type { CommonTexts } from './general.ts';

const VARIABLE = 'ORTHANC_MIGRATE_STACK';
/** What CloudFormation allows for a stack. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** Options that are about this machine: a stack has its own jobs, credentials and keys. */
const LOCAL_OPTIONS: Readonly<Record<string, string>> = {
  stateDir: '--state-dir',
  credentialsFile: '--credentials-file',
  caFile: '--ca-file',
  certFile: '--cert-file',
  keyFile: '--key-file',
  storageKey: '--storage-key',
  source: '--source',
  target: '--target',
};

/** The stack that a command is about; `undefined` for this machine. Raises `UsageError`, also for options that would be ignored. */
export function stackOf(texts: CommonTexts & { readonly detach?: boolean }): string | undefined {
  if (texts.stack === '')
    throw new UsageError('--stack names nothing; give the name of a stack, or leave the option out');
  // An empty variable is the usual way to take one away.
  const name = texts.stack ?? (process.env[VARIABLE] || undefined);
  if (name === undefined) {
    if (texts.detach) throw new UsageError('--detach needs --stack: on this machine a job runs as long as its command');
    return undefined;
  }
  if (!NAME.test(name)) throw new UsageError(`${origin(texts)}: "${name}" is no name of a stack`);
  const given = texts as Readonly<Record<string, unknown>>;
  for (const [key, option] of Object.entries(LOCAL_OPTIONS))
    if (given[key] !== undefined)
      throw new UsageError(`${option} is about this machine, and not about stack ${name} (${origin(texts)})`);
  return name;
}

/** For commands that exist with a stack alone. Raises `UsageError`. */
export function requireStack(command: Command, texts: CommonTexts): string {
  const name = stackOf(texts);
  if (name !== undefined) return name;
  throw new UsageError(`${command.name()} is about a stack on AWS: give --stack NAME, or set ${VARIABLE}`);
}

/** An endpoint of a stack as it was given. Raises `UsageError` for a URL, whose text is not quoted: it may hold a password. */
export function endpointOfStack(argument: string, text: string): EndpointName {
  if (!text.includes('://')) return text as EndpointName;
  throw new UsageError(
    `${argument} is a URL: with a stack, give the name of an endpoint that it is configured with ("orthanc-migrate doctor")`,
  );
}

/** Raises `UsageError`. */
export function endpointsOfStack({ source, target }: { readonly source: string; readonly target: string }): {
  readonly source: EndpointName;
  readonly target: EndpointName;
} {
  return { source: endpointOfStack('SOURCE', source), target: endpointOfStack('TARGET', target) };
}

function origin({ stack }: CommonTexts): string {
  return stack === undefined ? VARIABLE : '--stack';
}
