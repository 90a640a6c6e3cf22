import type { Counts } from '../../functions/core/counts.ts';
import type { Job } from '../../functions/core/job.ts';
import { explainOutcome, type OutcomeClass } from '../../functions/core/outcome.ts';
import type { Tally } from '../evidence/tally.ts';
import * as format from '../output/format.ts';
import { wrapped } from '../output/table.ts';

interface Line {
  readonly title: string;
  readonly instances: number;
  readonly bytes?: number;
  /** The codes behind it. */
  readonly of?: OutcomeClass;
}

/** How many instances came to which outcome. The lines add up to the total. */
export function outcomeLines(job: Job, tally: Tally): string[] {
  const { counts } = tally;
  const total = counts.success + counts.warning + counts.failure + counts.skipped;
  const lines: Line[] = [
    ...successes(job, counts),
    { title: 'with a warning', instances: counts.warning, of: 'warning' as const },
    { title: 'failed', instances: counts.failure, of: 'failure' as const },
    { title: job.kind === 'dry-run' ? 'not there' : 'skipped', instances: counts.skipped, of: 'skipped' as const },
  ];
  const shown = lines.filter(({ instances }) => instances > 0);
  const all: Line = { title: 'total', instances: total, bytes: counts.finalBytes };
  const width = Math.max(...[...shown, all].map(({ title }) => title.length));
  return [...shown, ...(shown.length === 1 ? [] : [all])].flatMap((line) => [
    row(line, width),
    ...(line.of ? codeLines(tally, line.of) : []),
  ]);
}

const PROVEN = { md5: 'proven by MD5', size: 'proven by size', none: 'not compared' } as const;

function successes({ kind, options }: Job, counts: Counts): Line[] {
  if (kind === 'verify') return [{ title: 'equal on both servers', instances: counts.success }];
  return [
    {
      title: `${kind === 'import' ? 'imported' : 'moved'}, ${PROVEN[options.check]}`,
      instances: counts.success - counts.alreadyThere,
      bytes: counts.sentBytes,
    },
    { title: 'already there', instances: counts.alreadyThere },
  ];
}

function row({ title, instances, bytes }: Line, width: number): string {
  const size = bytes === undefined ? '' : `   ${format.bytes(bytes).padStart(7)}`;
  return `  ${title.padEnd(width)} ${format.count(instances).padStart(13)}${size}`;
}

function codeLines({ codes }: Tally, of: OutcomeClass): string[] {
  return [...codes]
    .filter(([, { outcome }]) => outcome === of)
    .sort(([, a], [, b]) => b.instances - a.instances)
    .flatMap(([code, { instances, bytes }]) => {
      const size = code === 'WOULD_SEND' ? `, ${format.bytes(bytes)}` : '';
      const [first = '', ...rest] = wrapped(
        `${format.count(instances)}${size} ${code}: ${explainOutcome(code)}`,
        '',
        94,
      );
      return [`    ${first}`, ...rest.map((line) => `      ${line}`)];
    });
}
