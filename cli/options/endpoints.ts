import type { Command } from 'commander';
import type { Side } from '../../functions/core/answer.ts';
import type { Endpoint } from '../../functions/core/endpoint.ts';
import { UsageError } from '../../functions/core/errors.ts';
import type { Job } from '../../functions/core/job.ts';
import { type EndpointSources, parseEndpoint } from '../local/endpoints.ts';

/** As commander gives them. */
export interface EndpointTexts {
  readonly credentialsFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

export interface EndpointPair {
  readonly source: Endpoint;
  readonly target: Endpoint;
}

export function addEndpointOptions(command: Command): Command {
  return addServerOptions(
    command,
    `ORTHANC_MIGRATE_SOURCE_USERNAME and …_PASSWORD (or …_TOKEN, …_TOKEN_HEADER), and
likewise ORTHANC_MIGRATE_TARGET_…`,
  );
}

/** For commands that talk to a target alone. */
export function addTargetOptions(command: Command): Command {
  return addServerOptions(command, 'ORTHANC_MIGRATE_TARGET_USERNAME and …_PASSWORD (or …_TOKEN,\n…_TOKEN_HEADER)');
}

function addServerOptions(command: Command, variables: string): Command {
  return command
    .optionsGroup('Servers:')
    .option('--credentials-file <file>', 'JSON: {"URL": {"username": "…", "password": "…"}} or {"token": "…"}')
    .option('--ca-file <file>', 'certificates (PEM) that the servers’ certificates are checked against')
    .option('--cert-file <file>', 'client certificate (PEM)')
    .option('--key-file <file>', 'key of the client certificate (PEM)')
    .addHelpText(
      'after',
      `
Credentials, the first that is found: in the URL (http://user:password@host:8042/, special characters
percent-encoded), else ${variables}, else --credentials-file. Prefer the latter two: other users of the
machine can see a command line.`,
    );
}

/** Raises `UsageError`. */
export function parseEndpoints(source: string, target: string, texts: EndpointTexts): EndpointPair {
  return {
    source: parseEndpoint(source, sources('source', texts)),
    target: parseEndpoint(target, sources('target', texts)),
  };
}

/** Raises `UsageError`. */
export function parseTarget(target: string, texts: EndpointTexts): Endpoint {
  return parseEndpoint(target, sources('target', texts));
}

/** The target of an import that is known. Raises `UsageError`. */
export function parseTargetOf(job: Job, texts: EndpointTexts & { readonly target?: string }): Endpoint {
  const target = parseTarget(texts.target ?? job.target, texts);
  if (target.name === job.target) return target;
  throw new UsageError(`--target ${target.name} is not the target of job ${job.id}, which is ${job.target}`);
}

/**
 * The endpoints of a job that is known: by their names and the credentials of environment or file, or by URLs that lead to
 * the same servers. Raises `UsageError`.
 */
export function parseEndpointsOf(
  job: Job,
  texts: EndpointTexts & { readonly source?: string; readonly target?: string },
): EndpointPair {
  const pair = parseEndpoints(texts.source ?? job.source, texts.target ?? job.target, texts);
  for (const side of ['source', 'target'] as const)
    if (pair[side].name !== job[side])
      throw new UsageError(`--${side} ${pair[side].name} is not the ${side} of job ${job.id}, which is ${job[side]}`);
  return pair;
}

function sources(side: Side, { credentialsFile, caFile, certFile, keyFile }: EndpointTexts): EndpointSources {
  return { side, env: process.env, credentialsFile, caFile, certFile, keyFile };
}
