/** An S3 in this process, and what a command needs to find it. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { type AwsEmulator, CREDENTIALS, REGION, startAws } from '../../support/aws.ts';
import type { Environment } from '../../support/command-line.ts';
import { type Folder, filesIn } from './storage.ts';

export interface Bucket {
  readonly name: string;
  readonly environment: Environment;
  put(key: string, content: Uint8Array): Promise<void>;
  /** Uploads a folder as it is; the keys. */
  upload(folder: Folder, prefix: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

export async function startBucket(): Promise<Bucket> {
  const aws: AwsEmulator = await startAws();
  const { bucketName: name } = aws.server.createBucket('exports');
  const put = async (key: string, content: Uint8Array) => {
    await aws.s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: content }));
  };
  return {
    name,
    environment: environmentOf(`http://127.0.0.1:${aws.server.port}`),
    put,
    async upload(folder, prefix) {
      const keys: string[] = [];
      for (const file of await filesIn(folder.path)) {
        const key = `${prefix}${relative(folder.path, file)}`;
        await put(key, await readFile(file));
        keys.push(key);
      }
      return keys;
    },
    stop: () => aws.stop(),
  };
}

/** What every AWS tool reads, and nothing of this machine's own. */
export function environmentOf(endpoint: string): Environment {
  return {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
