import { ahead } from '../core/ahead.ts';
import type { OrthancId } from '../core/ids.ts';

/** Studies that are read ahead of the one being planned; where some are read together, so many of those. */
const AHEAD = 6;
const TOGETHER_AHEAD = 2;

export interface StudyRead<T> {
  readonly index: number;
  readonly study: OrthancId;
  readonly value: T;
  /** Others that were read together with it follow. */
  readonly more: boolean;
}

/** Reads something of each study in order, a few studies ahead. */
export function readAhead<T>(
  studies: readonly OrthancId[],
  first: number,
  read: (study: OrthancId) => Promise<T>,
): AsyncGenerator<StudyRead<T>> {
  return readTogether(studies, first, 1, (its) => Promise.all(its.map(read)));
}

/** The same where something is read of so many studies together. */
export async function* readTogether<T>(
  studies: readonly OrthancId[],
  first: number,
  together: number,
  read: (studies: readonly OrthancId[]) => Promise<readonly T[]>,
): AsyncGenerator<StudyRead<T>> {
  const groups = Array.from({ length: Math.ceil(studies.length / together) }, (_, group) => group * together);
  const reading = ahead(groups, together === 1 ? AHEAD : TOGETHER_AHEAD, async (from) => {
    const its = studies.slice(from, from + together);
    const values = await read(its);
    return its.map((study, at) => ({
      index: first + from + at,
      study,
      value: values[at] as T,
      more: at + 1 < its.length,
    }));
  });
  for await (const group of reading) yield* group;
}
