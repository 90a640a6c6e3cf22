import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';

/** SQS and S3 in this process. */
export interface AwsEmulator {
  readonly server: FauxqsServer;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  stop(): Promise<void>;
}

export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

export async function startAws(): Promise<AwsEmulator> {
  const server = await startFauxqs({ port: 0, logger: false });
  const place = { endpoint: `http://127.0.0.1:${server.port}`, region: REGION, credentials: CREDENTIALS };
  const sqs = new SQSClient(place);
  const s3 = new S3Client({ ...place, forcePathStyle: true });
  return {
    server,
    sqs,
    s3,
    async stop() {
      sqs.destroy();
      s3.destroy();
      await server.stop();
    },
  };
}
