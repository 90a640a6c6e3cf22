/** Stacks as tests look at them: without bundles, which take their time and differ with each change of the code. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { AwsSolutionsChecks } from 'cdk-nag';
import { parse, stringify } from 'yaml';
import type { Bundler } from '../../lib/bundle.ts';
import { ROOT } from '../../lib/bundle.ts';
import { parseConfiguration } from '../../lib/config/read.ts';
import { MigrationStack } from '../../lib/stack.ts';

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: properties differ with each type; what a test looks for is what it asserts.
  readonly Properties: any;
  readonly DependsOn?: readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export type Resources = Readonly<Record<string, Resource>>;

const unbundled: Bundler = () => ({
  code: Code.fromInline('export const handler = undefined;'),
  discard: () => undefined,
});

export const EXAMPLE = join(ROOT, 'orthanc-migrate.example.yaml');

/** The example with everything that it leaves out. */
export const FULL = {
  ...parse(readFileSync(EXAMPLE, 'utf8')),
  network: { vpc: 'vpc-01234567', subnets: ['subnet-01234567', 'subnet-89abcdef'], securityGroups: ['sg-01234567'] },
  kmsKey: 'arn:aws:kms:eu-central-1:111122223333:key/0123abcd-0123-abcd-0123-0123456789ab',
  decryptKeys: ['arn:aws:kms:eu-central-1:111122223333:key/4567cdef-0123-abcd-0123-0123456789ab'],
  storageKeysSecret: 'orthanc-storage-keys',
  retention: { logDays: 365, evidenceDays: 3650 },
};

/** No more than has to be there. */
export const LEAST = { endpoints: { old: { secret: 'orthanc-old' }, new: { secret: 'orthanc-new' } } };

export function stackOf(document: unknown): { readonly app: App; readonly stack: MigrationStack } {
  const app = new App({ context: { '@aws-cdk/aws-iam:minimizePolicies': true }, analyticsReporting: false });
  const stack = new MigrationStack(app, parseConfiguration('test.yaml', stringify(document)), unbundled);
  return { app, stack };
}

function templateOf(document: unknown): Template {
  return Template.fromStack(stackOf(document).stack);
}

export function resourcesOf(document: unknown): Resources {
  return templateOf(document).toJSON().Resources;
}

export function ofType(resources: Resources, type: string): [string, Resource][] {
  return Object.entries(resources).filter(([, { Type }]) => Type === type);
}

/** The logical ID that a `Ref` or an `Fn::GetAtt` names. */
export function referenceOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if ('Ref' in value) return String(value.Ref);
    if ('Fn::GetAtt' in value && Array.isArray(value['Fn::GetAtt'])) return String(value['Fn::GetAtt'][0]);
  }
  throw new Error(`no reference: ${JSON.stringify(value)}`);
}

/** Synthesises under cdk-nag; raises an error that names what it finds. */
export function nag(document: unknown): void {
  const { app } = stackOf(document);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  app.synth();
}
