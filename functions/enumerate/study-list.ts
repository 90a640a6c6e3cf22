import type { JobId, OrthancId } from '../core/ids.ts';
import type { ObjectStore } from '../core/ports.ts';

/** An Orthanc ID and a line feed: lines of one length let any part of the list be read by its index. */
const LINE = 45;

/** Freezes a sorted list of studies in the object store and returns its key. */
export async function writeStudyList(
  objects: ObjectStore,
  job: JobId,
  round: number,
  studies: readonly OrthancId[],
): Promise<string> {
  const key = `jobs/${job}/studies/${round}-${crypto.randomUUID()}.txt`;
  await objects.write(key, lines(studies));
  return key;
}

async function* lines(studies: readonly OrthancId[]): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (let from = 0; from < studies.length; from += 10_000)
    yield encoder.encode(
      studies
        .slice(from, from + 10_000)
        .map((id) => `${id}\n`)
        .join(''),
    );
}

/** Up to `count` studies of the list from `index` on. */
export async function readStudyList(
  objects: ObjectStore,
  list: { list: string; count: number; index: number },
  count: number,
): Promise<readonly OrthancId[]> {
  const number = Math.min(count, list.count - list.index);
  if (number <= 0) return [];
  const bytes = await objects.read(list.list, { offset: list.index * LINE, length: number * LINE });
  return new TextDecoder().decode(bytes).split('\n').slice(0, number) as OrthancId[];
}
