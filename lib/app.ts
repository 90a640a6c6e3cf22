import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { bundler } from './bundle.ts';
import { ConfigurationError } from './config/problem.ts';
import { readConfiguration } from './config/read.ts';
import { MigrationStack } from './stack.ts';

/**
 * Synthesises the stack that the context `config` describes (cdk.json, or `-c config=FILE`). What is wrong with the configuration is
 * printed, all of it, and the exit code is 2.
 */
export function synthesise(): void {
  const app = new App();
  const file: unknown = app.node.tryGetContext('config');
  try {
    const configuration = readConfiguration(typeof file === 'string' ? file : 'orthanc-migrate.yaml');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    new MigrationStack(app, configuration, bundler(join(app.outdir, 'source-maps')));
    app.synth();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    console.error(error.message);
    process.exitCode = 2;
  }
}
