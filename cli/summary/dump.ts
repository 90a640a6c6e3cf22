import type { DumpContent } from '../../functions/evidence/dump-content.ts';
import * as format from '../output/format.ts';
import { tableLines } from '../output/table.ts';

/** What a dump holds, for people: its files by kind, its studies by modality and year. */
export function dumpLines({ kinds, studies }: DumpContent): string[] {
  const files = kinds.map(([kind, { files, bytes, compressed, encrypted }]) => [
    kind,
    format.count(files),
    format.bytes(bytes),
    [
      ...(compressed > 0 ? [`${format.count(compressed)} compressed`] : []),
      ...(encrypted > 0 ? [`${format.count(encrypted)} encrypted`] : []),
    ].join(', '),
  ]);
  const groups = studies.map(({ modality, year, studies: n, instances, bytes }) => [
    modality,
    year,
    format.count(n),
    format.count(instances),
    format.bytes(bytes),
  ]);
  return [
    ...tableLines(['what is there', '#files', '#size', ''], files),
    ...(groups.length > 0 ? ['', ...tableLines(['modality', 'year', '#studies', '#instances', '#size'], groups)] : []),
    '',
  ];
}

/** The same in the last event of --json. */
export function dumpEvent({ kinds, studies }: DumpContent): object {
  return { files: Object.fromEntries(kinds), studies };
}
