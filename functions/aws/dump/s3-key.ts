import { MigrationError } from '../../core/errors.ts';
import type { FileKey } from '../../core/ids.ts';

/** An object of a bucket, or one upload of it. */
export interface S3Object {
  readonly bucket: string;
  readonly key: string;
  /** Names one upload for good: its VersionId where the bucket has versions, its ETag (without quotes) elsewhere. */
  readonly upload?: S3Upload;
}

export type S3Upload =
  | { readonly versionId: string; readonly etag?: never }
  | { readonly etag: string; readonly versionId?: never };

const SCHEME = 's3://';
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is encoded.
const ENCODED = /[%?\u0000-\u001f\u007f]/g;
const ESCAPE = /%C0%80|%([0-9A-F]{2})?/g;
/** As Java encodes NUL in its own UTF-8: `%00` stands between an archive and the number of its member (`fileItem`). */
const NUL = '%C0%80';
const FORM = /^s3:\/\/([^/?%]+)\/([^?]*)(?:\?(versionId|etag)=([^?]+))?$/;

/** Whether this names something in a bucket, and not a file of this machine. */
export function isS3Key(key: string): boolean {
  return key.startsWith(SCHEME);
}

/** `s3://bucket/key`: `%`, `?` and control characters of the key are percent-encoded; `?versionId=…` or `?etag=…` names one upload. */
export function s3Key({ bucket, key, upload }: S3Object): FileKey {
  return `${SCHEME}${bucket}/${encode(key)}${suffix(upload)}` as FileKey;
}

/** What a key stands for. Raises `FILE_KEY_INVALID`. */
export function parseS3Key(key: FileKey): S3Object {
  const [, bucket, name, kind, value] = FORM.exec(key) ?? [];
  if (bucket === undefined || name === undefined) throw invalid('a file key has not the form s3://bucket/key');
  const place = { bucket, key: decode(name) };
  if (value === undefined) return place;
  return { ...place, upload: kind === 'etag' ? { etag: decode(value) } : { versionId: decode(value) } };
}

function suffix(upload: S3Upload | undefined): string {
  if (!upload) return '';
  return upload.etag === undefined ? `?versionId=${encode(upload.versionId)}` : `?etag=${encode(upload.etag)}`;
}

function encode(text: string): string {
  return text.replace(ENCODED, (character) =>
    character === '\0' ? NUL : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function decode(text: string): string {
  return text.replace(ESCAPE, (escaped, code: string | undefined) => {
    if (escaped === NUL) return '\0';
    if (code === undefined || Number.parseInt(code, 16) > 0x7f)
      throw invalid('a file key has a % without the two digits of an ASCII character');
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

function invalid(message: string): MigrationError {
  return new MigrationError('FILE_KEY_INVALID', message);
}
