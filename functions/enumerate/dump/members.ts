import type { DumpFile } from '../../core/dump.ts';
import { MigrationError } from '../../core/errors.ts';
import { fileItem } from '../../core/ids.ts';
import { isOutcomeCode, type OutcomeCode } from '../../core/outcome.ts';
import type { FileEntry } from '../../core/plan.ts';
import type { Member } from '../../dicom/archive/expand.ts';
import { describe } from '../../dicom/describe.ts';
import { expandArchive } from '../../dicom/expand-archive.ts';
import { headOfStream } from '../../dicom/heads.ts';
import type { DumpEnumeration } from '../step.ts';
import { outcomeWithoutSending } from './without-sending.ts';

/** The members of an archive as plan entries, and the archive's own; damage ends the list, but not what came before it. */
export async function membersOf(
  enumeration: DumpEnumeration,
  file: DumpFile,
  archive: FileEntry,
): Promise<{ readonly entries: readonly FileEntry[] }> {
  const entries: FileEntry[] = [];
  try {
    for await (const member of expandArchive(file, archive.content, enumeration.keys))
      entries.push(await memberEntry(enumeration, archive, member));
  } catch (error) {
    const code = outcomeOf(error);
    if (code === undefined) throw error;
    return { entries: [...entries, { ...archive, final: { code } }] };
  }
  return { entries: [...entries, { ...archive, final: { code: 'ARCHIVE_EXPANDED' } }] };
}

async function memberEntry(enumeration: DumpEnumeration, archive: FileEntry, member: Member): Promise<FileEntry> {
  const { file, version, index } = archive;
  const { index: number, name } = member;
  const common = {
    id: fileItem(file, number),
    file,
    member: { number, name },
    version,
    size: member.size ?? 0,
    ...(index && { index }),
  };
  const nothing = { kind: 'other', layers: [] } as const;
  if (member.problem) return { ...common, content: nothing, final: { code: member.problem } };
  const head = headOfStream(member.content());
  try {
    const { keys, defaultEncoding, job } = enumeration;
    const content = await describe(head, member.size, {
      keys,
      ...(defaultEncoding !== undefined && { defaultEncoding }),
    });
    const final = outcomeWithoutSending({ content, member: common.member }, job.options);
    return { ...common, content, ...(final && { final }) };
  } catch (error) {
    const code = outcomeOf(error);
    if (code === undefined) throw error;
    return { ...common, content: nothing, final: { code } };
  } finally {
    await head.close();
  }
}

/** The outcome that an error of the content stands for; `undefined` for any other error, and for those of the disk. */
function outcomeOf(error: unknown): OutcomeCode | undefined {
  return error instanceof MigrationError && error.name !== 'DumpError' && isOutcomeCode(error.code)
    ? error.code
    : undefined;
}
