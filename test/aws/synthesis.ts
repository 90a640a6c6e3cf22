import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from './template.ts';

const ROOT = join(import.meta.dirname, '../..');

/** What `cdk synth` left. */
export interface Synthesis {
  readonly stack: string;
  readonly template: Template;
  /** Folder of an asset, by its hash. */
  asset(hash: string): string;
  remove(): Promise<void>;
}

interface AssetManifest {
  readonly files: Readonly<Record<string, { readonly source: { readonly path: string; readonly packaging: string } }>>;
}

/** Synthesises the stack of this configuration as its users do, into a temporary folder. */
export async function synthesise(configuration: { readonly stack: string } & object): Promise<Synthesis> {
  const folder = await mkdtemp(join(tmpdir(), 'om-cdk-'));
  const document = join(folder, 'orthanc-migrate.yaml');
  // JSON is YAML.
  await writeFile(document, JSON.stringify(configuration));
  const out = join(folder, 'cdk.out');
  const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  const { NODE_OPTIONS: _, ...env } = process.env;
  await promisify(execFile)(
    process.execPath,
    [cdk, 'synth', '--quiet', '--output', out, '--context', `config=${document}`],
    {
      cwd: ROOT,
      env: { ...env, CI: 'true', AWS_REGION: 'us-east-1' },
    },
  ).catch((error: unknown) => {
    throw new Error(`cdk synth failed: ${(error as { stderr?: string }).stderr}`, { cause: error });
  });
  const read = async (name: string) => JSON.parse(await readFile(join(out, name), 'utf8')) as unknown;
  const template = (await read(`${configuration.stack}.template.json`)) as Template;
  const { files } = (await read(`${configuration.stack}.assets.json`)) as AssetManifest;
  return {
    stack: configuration.stack,
    template,
    asset(hash) {
      const source = files[hash]?.source;
      if (source?.packaging !== 'zip') throw new Error(`the synthesis has no folder for the asset ${hash}`);
      return join(out, source.path);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
