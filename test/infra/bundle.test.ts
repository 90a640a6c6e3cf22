import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FUNCTION_NAMES } from '../../functions/environment.ts';
import { ROOT } from '../../lib/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'orthanc-migrate-synth-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As whoever has just cloned the repository does it, without an account, a region, Docker or a network. */
function synthesise(output: string): ReturnType<typeof spawnSync> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    CI: 'true',
    AWS_EC2_METADATA_DISABLED: 'true',
    DOCKER_HOST: 'tcp://127.0.0.1:1',
  };
  const cdk = join(ROOT, 'node_modules/aws-cdk/bin/cdk');
  return spawnSync(process.execPath, [cdk, 'synth', '--quiet', '--output', output], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
  });
}

/** Asset folders by the name of their function. */
function assetsOf(output: string): Map<string, string> {
  const template = JSON.parse(readFileSync(join(output, 'orthanc-migrate.template.json'), 'utf8'));
  const found = new Map<string, string>();
  for (const { Type, Properties } of Object.values<{ Type: string; Properties: Record<string, unknown> }>(
    template.Resources,
  ))
    if (Type === 'AWS::Lambda::Function') {
      const { S3Key } = Properties.Code as { readonly S3Key: string };
      found.set(String(Properties.FunctionName), join(output, `asset.${S3Key.replace(/\.zip$/, '')}`));
    }
  return found;
}

describe('cdk synth', () => {
  const output = join(folder, 'first');
  let assets = new Map<string, string>();
  beforeAll(() => {
    const { status, stderr } = synthesise(output);
    if (status !== 0) throw new Error(String(stderr));
    assets = assetsOf(output);
  }, 180_000);

  test('bundles each function into one file, with its source map elsewhere', () => {
    expect([...assets.keys()].sort()).toEqual(FUNCTION_NAMES.map((name) => `orthanc-migrate-${name}`).sort());
    for (const asset of assets.values()) {
      expect(readdirSync(asset)).toEqual(['index.mjs']);
      expect(statSync(join(asset, 'index.mjs')).size).toBeLessThan(5_000_000);
    }
    for (const name of FUNCTION_NAMES) expect(existsSync(join(output, 'source-maps', `${name}.mjs.map`))).toBe(true);
  });

  test.each(FUNCTION_NAMES.map((name) => [name]))('%s can be loaded where nothing else is', (name) => {
    const asset = assets.get(`orthanc-migrate-${name}`) ?? '';
    const program = `const { handler } = await import('./index.mjs'); console.log(typeof handler);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: asset,
      env: { AWS_REGION: 'eu-central-1' },
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toBe('function\n');
  });

  test('makes the same once more', () => {
    const again = join(folder, 'second');
    expect(synthesise(again).status).toBe(0);
    expect([...assetsOf(again).values()].map((path) => path.replace(again, ''))).toEqual(
      [...assets.values()].map((path) => path.replace(output, '')),
    );
  }, 180_000);
});
