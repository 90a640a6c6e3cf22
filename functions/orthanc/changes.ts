import { isOrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { changes as changesAnswer } from './schemas.ts';
import type { Change } from './server.ts';

/** Changes after `since` in order, at most `limit`; `last` is where to go on. */
export async function readChanges(
  http: OrthancHttp,
  since: number,
  limit: number,
): Promise<{ changes: readonly Change[]; last: number; done: boolean }> {
  // Orthanc silently takes a `since` that it cannot read as 0, and before 1.12.5 a limit of 0 as "nothing".
  if (!Number.isSafeInteger(since) || since < 0)
    throw new RangeError(`changes: since must be a natural number: ${since}`);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`changes: limit must be positive: ${limit}`);
  const path = `changes?since=${since}&limit=${limit}`;
  const answer = await askJson(http, { path }, changesAnswer);
  const changes: Change[] = [];
  for (const { Seq, ChangeType, ID } of answer.Changes) {
    if (Seq <= since) throw http.notOrthanc(path);
    if (isOrthancId(ID)) changes.push({ seq: Seq, type: ChangeType, resource: ID });
  }
  return { changes, last: answer.Last, done: answer.Done };
}

/** Sequence number of the last change. Both 1.10.1 and 1.13.0 keep it when the history was cleared. */
export async function readLastChange(http: OrthancHttp): Promise<number> {
  return (await askJson(http, { path: 'changes?last' }, changesAnswer)).Last;
}
