import type { JobId } from '../core/ids.ts';
import { pagesOfRound } from '../core/page-walk.ts';
import type { FileEntry, PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { readStoredLines } from '../core/stored-lines.ts';

/** In the order in which people want to see them. */
const KINDS = [
  'images',
  'objects without pixel data',
  'header-only copies',
  'images without their pixel data',
  'JSON summaries',
  'DICOMDIR files',
  'SQLite files',
  'archives',
  'empty files',
  'other files',
  'not readable',
] as const;
export type DumpKind = (typeof KINDS)[number];

export interface KindTally {
  readonly files: number;
  /** As stored in the dump. */
  readonly bytes: number;
  readonly compressed: number;
  readonly encrypted: number;
}

export interface StudyTally {
  readonly modality: string;
  readonly year: string;
  readonly studies: number;
  readonly instances: number;
  readonly bytes: number;
}

/** What a dump holds. */
export interface DumpContent {
  readonly kinds: readonly (readonly [DumpKind, KindTally])[];
  readonly studies: readonly StudyTally[];
}

const UNKNOWN = '?';
const NOTHING: KindTally = { files: 0, bytes: 0, compressed: 0, encrypted: 0 };

/** Sums up what the first round of an import planned: all files of the dump. */
export async function dumpContentOf(ports: Pick<Ports, 'store' | 'objects'>, job: JobId): Promise<DumpContent> {
  const kinds = new Map<DumpKind, KindTally>();
  const groups = new Map<string, { studies: Set<string>; instances: number; bytes: number }>();
  for await (const entry of filesOf(ports, job)) {
    const kind = kindOf(entry);
    kinds.set(kind, added(kinds.get(kind) ?? NOTHING, entry));
    const { dicom } = entry.content;
    if (!dicom?.study || kind === 'header-only copies') continue;
    const key = `${dicom.modality ?? UNKNOWN} ${dicom.year ?? UNKNOWN}`;
    const group = groups.get(key) ?? { studies: new Set(), instances: 0, bytes: 0 };
    groups.set(key, group);
    group.studies.add(dicom.study);
    group.instances += 1;
    group.bytes += entry.size;
  }
  const studies = [...groups].map(([key, { studies: ids, ...sums }]): StudyTally => {
    const [modality = UNKNOWN, year = UNKNOWN] = key.split(' ');
    return { modality, year, studies: ids.size, ...sums };
  });
  studies.sort((a, b) => a.modality.localeCompare(b.modality) || a.year.localeCompare(b.year));
  const inOrder = KINDS.flatMap((kind) => {
    const tally = kinds.get(kind);
    return tally ? [[kind, tally] as const] : [];
  });
  return { kinds: inOrder, studies };
}

async function* filesOf({ store, objects }: Pick<Ports, 'store' | 'objects'>, job: JobId): AsyncGenerator<FileEntry> {
  for await (const page of pagesOfRound(store, job, 1)) {
    const length = planned(page);
    // What the page holds back is planned, and counted, by a later page.
    if (length > 0) yield* await readStoredLines<FileEntry>(objects, page.object, { offset: 0, length });
  }
}

function planned({ chunks }: PlanPage): number {
  const last = chunks.at(-1);
  return last ? last.offset + last.length : 0;
}

function added(before: KindTally, { size, content }: FileEntry): KindTally {
  const has = (layer: string) => (content.layers.some(({ kind }) => kind === layer) ? 1 : 0);
  return {
    files: before.files + 1,
    bytes: before.bytes + size,
    compressed: before.compressed + has('deflated'),
    encrypted: before.encrypted + has('encrypted'),
  };
}

function kindOf({ content, final, headerOnly }: FileEntry): DumpKind {
  switch (content.kind) {
    case 'dicom':
      if (final?.code === 'HEADER_ONLY_COPY') return 'header-only copies';
      if (headerOnly) return 'images without their pixel data';
      return content.dicom?.pixels === 'present' ? 'images' : 'objects without pixel data';
    case 'json-summary':
      return 'JSON summaries';
    case 'dicomdir':
      return 'DICOMDIR files';
    case 'sqlite':
      return 'SQLite files';
    case 'zip':
    case 'tar':
      return 'archives';
    case 'empty':
      return 'empty files';
    case 'other':
      return final && final.code !== 'NOT_DICOM' ? 'not readable' : 'other files';
  }
}
