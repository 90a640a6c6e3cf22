import type { ItemId, JobId } from '../../core/ids.ts';
import type { OutcomeRow } from '../../core/outcome.ts';
import type { Finding } from '../../core/ports.ts';
import { equal } from './condition.ts';
import { putItem, readItem, updateItem } from './items.ts';
import { findingKey } from './keys.ts';
import { queryItems } from './query.ts';
import { type Item, jsonOf, numberOf, textOf } from './stored.ts';
import type { Table } from './table-access.ts';

/** Stores a finding unless one of the same or a later round is there; `false` then. */
export async function putFinding(table: Table, finding: Finding): Promise<boolean> {
  const { job, item, round, reopened, redriven, row } = finding;
  const attributes = {
    item: { S: item },
    round: { N: String(round) },
    reopened: { BOOL: reopened },
    redriven: { BOOL: redriven === true },
    row: { S: JSON.stringify(row) },
  };
  const newer = {
    expression: 'attribute_not_exists(#pk) OR #round < :round',
    names: { '#pk': 'pk', '#round': 'round' },
    values: { ':round': attributes.round },
  };
  return (await putItem(table, findingKey(job, item), attributes, newer)).done;
}

export async function readFinding(table: Table, job: JobId, item: ItemId): Promise<Finding | undefined> {
  const stored = await readItem(table, findingKey(job, item));
  return stored && parsed(job, stored);
}

/** In the order of their keys, which is that of the items but for very long names. */
export async function readFindings(
  table: Table,
  job: JobId,
  after: ItemId | undefined,
  limit: number,
): Promise<readonly Finding[]> {
  const { pk, sk } = findingKey(job, after ?? ('' as ItemId));
  const items = await queryItems(table, pk, after === undefined ? undefined : { after: sk }, limit);
  return items.map((item) => parsed(job, item));
}

export async function reopenFinding(table: Table, job: JobId, item: ItemId, round: number): Promise<boolean> {
  const ofThatRound = equal({ round: { N: String(round) } });
  return (await updateItem(table, findingKey(job, item), { reopened: { BOOL: true } }, ofThatRound)).done;
}

export async function redriveFinding(table: Table, job: JobId, item: ItemId, round: number): Promise<boolean> {
  const closedInThatRound = equal({ round: { N: String(round) }, reopened: { BOOL: false } });
  return (await updateItem(table, findingKey(job, item), { redriven: { BOOL: true } }, closedInThatRound)).done;
}

function parsed(job: JobId, item: Item): Finding {
  return {
    job,
    item: textOf(item, 'item') as ItemId,
    round: numberOf(item, 'round'),
    row: jsonOf<OutcomeRow>(item, 'row'),
    reopened: item.reopened?.BOOL === true,
    ...(item.redriven?.BOOL === true && { redriven: true }),
  };
}
