import type { Answers } from '../../functions/control/answers.ts';
import type { Requests } from '../../functions/control/requests.ts';
import type { Job } from '../../functions/core/job.ts';
import { explainOutcome, type OutcomeCode, type OutcomeRow } from '../../functions/core/outcome.ts';
import { EXIT } from '../exit-codes.ts';
import type { JobsPlace } from '../jobs-place.ts';
import { requireFailureCode } from '../options/failure-code.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import { parseCount } from '../options/size.ts';
import type { Unit } from '../output/format.ts';
import * as format from '../output/format.ts';
import { wrapped } from '../output/table.ts';
import { unitOf } from '../output/unit.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

/** Rows of one page. */
const AT_ONCE = 500;

type Texts = CommonTexts & { limit: string; reason?: string };

export const addFailures: Add = (program, console, end) => {
  const command = program
    .command('failures')
    .summary('show what failed for good, and why')
    .description(
      'Shows the final failures of a job by their code: instances and studies by Orthanc ID, files of imports by name.',
    )
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)')
    .option('--reason <code>', 'only failures of this code')
    .option('--limit <n>', 'instances shown of each code; --json shows all', '20');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: Texts) => {
    const limit = parseCount('--limit', texts.limit, 1_000_000);
    requireFailureCode(texts.reason);
    await withJobs(console, texts, async ({ ask, option }) => {
      const wanted = { ...(texts.reason !== undefined && { code: texts.reason }), limit: AT_ONCE };
      const first = await ask('failures', { ...wantedJob(id), ...wanted });
      const found = allRows(ask, first, wanted);
      if (texts.json) for await (const row of found) console.out(JSON.stringify(row));
      else for (const line of await failureLines(first.job, found, limit, option)) console.out(line);
    });
    end(EXIT.done);
  });
};

async function* allRows(
  ask: JobsPlace['ask'],
  first: Answers['failures'],
  wanted: Omit<Requests['failures'], 'job' | 'after'>,
): AsyncGenerator<OutcomeRow> {
  for (let page = first; ; page = await ask('failures', { ...wanted, job: page.job.id, after: page.next })) {
    yield* page.rows;
    if (page.next === undefined) return;
  }
}

interface Group {
  items: number;
  readonly shown: OutcomeRow[];
}

async function failureLines(
  { id, kind }: Pick<Job, 'id' | 'kind'>,
  rows: AsyncIterable<OutcomeRow>,
  limit: number,
  option: string,
): Promise<string[]> {
  const groups = new Map<OutcomeCode, Group>();
  for await (const row of rows) {
    const group = groups.get(row.code) ?? { items: 0, shown: [] };
    groups.set(row.code, group);
    group.items += 1;
    if (group.shown.length < limit) group.shown.push(row);
  }
  if (groups.size === 0) return [`job ${id} has no failures`];
  const lines = [...groups].flatMap(([code, group]) => ['', ...groupLines(code, group, unitOf(kind))]);
  return [
    `failures of job ${id}`,
    ...lines,
    '',
    `once a cause is gone: orthanc-migrate retry ${id}${option} --reason CODE`,
    'what each code means and what to do: docs/operations.md',
  ];
}

function groupLines(code: OutcomeCode, { items, shown }: Group, unit: Unit): string[] {
  const rest = items - shown.length;
  return [
    ...wrapped(`${code} (${format.items(items, unit)}): ${explainOutcome(code)}`, ''),
    ...shown.flatMap(rowLines),
    ...(rest > 0 ? [`  … and ${format.count(rest)} more: --limit N, or --json for all`] : []),
  ];
}

function rowLines(row: OutcomeRow): string[] {
  const study = row.study ? [`    study ${row.study}`] : [];
  if (row.file === undefined) return [`  ${row.instance}  ${detail(row)}`, ...study];
  const member = row.member ? ` » ${row.member.name}` : '';
  return [
    `  ${row.file}${member}`,
    `    ${detail(row)}`,
    ...(row.instance ? [`    instance ${row.instance}`] : []),
    ...study,
  ];
}

function detail(row: OutcomeRow): string {
  const { httpStatus, orthancStatus, attempts } = row;
  const keyNumber = row.file === undefined ? undefined : row.keyNumber;
  const status = [
    ...(httpStatus === undefined ? [] : [`HTTP ${httpStatus}`]),
    ...(orthancStatus === undefined ? [] : [`OrthancStatus ${orthancStatus}`]),
    ...(keyNumber === undefined ? [] : [`master key ${keyNumber}`]),
    `${attempts} attempt${attempts === 1 ? '' : 's'}`,
  ];
  return status.join(', ');
}
