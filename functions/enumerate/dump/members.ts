import type { Content } from '../../core/content.ts';
import { DumpError, type DumpFile } from '../../core/dump.ts';
import { fileItem } from '../../core/ids.ts';
import type { JobOptions } from '../../core/job.ts';
import type { OutcomeCode } from '../../core/outcome.ts';
import { outcomeOfError } from '../../core/outcome-of-error.ts';
import type { FileEntry } from '../../core/plan.ts';
import type { Member } from '../../dicom/archive/expand.ts';
import { type DescribeOptions, describe } from '../../dicom/describe.ts';
import { expandArchive } from '../../dicom/expand-archive.ts';
import { headOfStream } from '../../dicom/heads.ts';
import { outcomeWithoutSending } from './without-sending.ts';

/** A member that is wrapped once more is unwrapped in memory: up to this size in the archive (bytes). */
const WRAPPED_BYTES = 64 * 1024 * 1024;

/** What it takes to tell what a member is and whether it is sent; part of a `DumpEnumeration`. */
interface Looking extends DescribeOptions {
  readonly job: { readonly options: Pick<JobOptions, 'orphans'> };
}

/** The members of an archive as plan entries, and the archive's own; damage ends the list, but not what came before it. */
export async function membersOf(
  looking: Looking,
  file: DumpFile,
  archive: FileEntry,
): Promise<{ readonly entries: readonly FileEntry[] }> {
  const entries: FileEntry[] = [];
  try {
    for await (const member of expandArchive(file, archive.content, looking.keys))
      entries.push(await memberEntry(looking, archive, member));
  } catch (error) {
    const code = outcomeOf(error);
    if (code === undefined) throw error;
    return { entries: brokenOff(archive, entries, code) };
  }
  return { entries: [...entries, { ...archive, final: { code: 'ARCHIVE_EXPANDED' } }] };
}

/**
 * Of a compressed archive nothing is believed: the checksum comes at its very end, and it was not reached or is wrong. In other archives
 * what lies before the damage is as good as ever.
 */
function brokenOff(archive: FileEntry, members: readonly FileEntry[], cause: OutcomeCode): FileEntry[] {
  const final = { code: cause === 'FILE_DAMAGED' ? 'ARCHIVE_DAMAGED' : cause } as const;
  const believed = archive.content.layers.length === 0;
  return [...(believed ? members : members.map((member) => ({ ...member, final }))), { ...archive, final }];
}

async function memberEntry(looking: Looking, archive: FileEntry, member: Member): Promise<FileEntry> {
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
    const { keys, defaultEncoding, job } = looking;
    const content = await describe(head, member.size, {
      keys,
      ...(defaultEncoding !== undefined && { defaultEncoding }),
    });
    const final =
      outcomeWithoutSending({ content, member: common.member }, job.options) ?? tooLargeToUnwrap(content, member);
    return { ...common, content, ...(final && { final }) };
  } catch (error) {
    const code = outcomeOf(error);
    if (code === undefined) throw error;
    return { ...common, content: nothing, final: { code } };
  } finally {
    await head.close();
  }
}

/** Encryption and compression are undone in memory where the bytes come from an archive. */
function tooLargeToUnwrap({ layers }: Content, { size = 0 }: Member): FileEntry['final'] {
  return layers.length > 0 && size > WRAPPED_BYTES ? { code: 'ARCHIVE_UNSUPPORTED' } : undefined;
}

/** The outcome that an error of the content stands for. The disk's are for whoever tries again. */
function outcomeOf(error: unknown): OutcomeCode | undefined {
  return error instanceof DumpError ? undefined : outcomeOfError(error);
}
