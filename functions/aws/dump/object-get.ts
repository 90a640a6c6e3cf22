import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectPart } from '../s3/pieces.ts';
import { dumpErrorOf } from './s3-errors.ts';
import type { S3Object } from './s3-key.ts';

/** Raises what `S3Client` raises. */
export function getObject(client: S3Client, object: S3Object, part: ObjectPart): Promise<GetObjectCommandOutput> {
  const { upload } = object;
  const ofUpload = upload?.etag === undefined ? {} : { IfMatch: `"${upload.etag}"` };
  return client.send(new GetObjectCommand({ ...versionOf(object), ...ofUpload, ...part }));
}

/** Raises `DumpError`, `Postponed`, `FatalError`. */
export async function headObject(client: S3Client, object: S3Object): Promise<HeadObjectCommandOutput> {
  try {
    return await client.send(new HeadObjectCommand(versionOf(object)));
  } catch (error) {
    throw dumpErrorOf(error, object.bucket);
  }
}

function versionOf({ bucket, key, upload }: S3Object) {
  return { Bucket: bucket, Key: key, ...(upload?.versionId !== undefined && { VersionId: upload.versionId }) };
}
