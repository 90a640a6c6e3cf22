import { dumpName } from '../functions/control/dump-name.ts';
import { UsageError } from '../functions/core/errors.ts';
import type { EndpointName, FileKey } from '../functions/core/ids.ts';
import { checkRoots } from './local/dump/check-roots.ts';
import { pathKeys, readNames } from './local/dump/names.ts';

/** What is to be read, and the name that the job has for it. */
export interface Places {
  readonly name: EndpointName;
  readonly keys: readonly FileKey[];
  /** Too many for the job's record: they are kept as an object. */
  readonly listed: boolean;
}

/** More paths than these are kept as a list. */
const MOST_ROOTS = 20;

/** Checks folders, files and places in buckets, or the names on standard input when `-` stands for them. Raises `UsageError`. */
export async function importPlaces(paths: readonly string[]): Promise<Places> {
  if (!paths.includes('-')) {
    const inBuckets = areInBuckets(paths);
    const keys = inBuckets ? await checkInBuckets('checkPlaces', paths) : await checkRoots(paths);
    // A list names objects of a bucket, and no folders of it.
    return { name: dumpName(keys), keys, listed: keys.length > MOST_ROOTS && !inBuckets };
  }
  if (paths.length > 1)
    throw new UsageError('- stands for a list of names on standard input: give it without other paths');
  const names = await readNames(process.stdin);
  if (names.length === 0) throw new UsageError('the list of names on standard input is empty');
  const keys = areInBuckets(names) ? await checkInBuckets('checkNames', names.map(utf8)) : await pathKeys(names);
  return { name: dumpName(keys), keys, listed: true };
}

/** Raises `UsageError` where they are partly here and partly there. */
function areInBuckets(places: readonly string[]): boolean {
  const inBuckets = places.filter((place) => /^s3:/i.test(place)).length;
  if (inBuckets > 0 && inBuckets < places.length)
    throw new UsageError(
      'files of this machine and objects of buckets (s3://…) cannot be imported together: use two commands',
    );
  return inBuckets > 0;
}

/** The AWS SDK takes a while to load: only whoever reads a bucket waits for it. */
async function checkInBuckets(
  check: 'checkPlaces' | 'checkNames',
  urls: readonly string[],
): Promise<readonly FileKey[]> {
  const [{ bucketClient }, checks] = await Promise.all([
    import('../functions/aws/dump/client.ts'),
    import('../functions/aws/dump/check-places.ts'),
  ]);
  const client = bucketClient();
  try {
    return await checks[check](client, urls);
  } finally {
    client.destroy();
  }
}

/** From one character for each byte. */
function utf8(name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(name, 'latin1'));
  } catch (error) {
    throw new UsageError('a name of an object on standard input is no UTF-8 text', { cause: error });
  }
}
