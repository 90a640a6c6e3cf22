import type { Run } from './measure.ts';
import { figureOf, show } from './statistics.ts';

type Runs = ReadonlyMap<string, readonly Run[]>;

const COLUMNS: readonly (readonly [string, (run: Run) => number, number])[] = [
  ['seconds', (run) => run.seconds, 1],
  ['instances/s', (run) => run.instancesPerSecond, 0],
  ['MB/s', (run) => run.megabytesPerSecond, 1],
  ['CPU s client', (run) => run.client, 1],
  ['CPU s source', (run) => run.source, 1],
  ['CPU s target', (run) => run.target, 1],
];

/** A row for each contender. */
export function tableOf(runs: Runs): string {
  const header = ['', ...COLUMNS.map(([title]) => title)];
  const rows = [...runs].map(([name, own]) => [
    name,
    ...COLUMNS.map(([, value, digits]) => show(figureOf(own.map(value)), digits)),
  ]);
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Rates of one contender over those of another within each round, which had the same load beside it. */
export function ratios(runs: Runs, of: string, to: string): readonly number[] {
  const others = runs.get(to) ?? [];
  return (runs.get(of) ?? []).map((run, round) => run.instancesPerSecond / (others[round]?.instancesPerSecond ?? 0));
}

/** A ratio: its name, its value in each round, the digits to be shown, and what is wanted of it. */
export type Judgement = readonly [string, readonly number[], number, string];

export function judgements(runs: Runs): readonly Judgement[] {
  const cpu = (runs.get('replicate') ?? []).map(({ client, source, target }) => client / (source + target));
  return [
    ['replicate / ceiling', ratios(runs, 'replicate', 'ceiling'), 2, 'at least 0.75, aim 0.95'],
    ['our CPU / CPU of both servers', cpu, 2, 'at most 0.35, aim 0.25'],
    ['replicate / one by one', ratios(runs, 'replicate', 'one by one'), 1, 'at least 3'],
    ['both delayed', ratios(runs, 'replicate, delayed', 'one by one, delayed'), 1, 'at least 25'],
  ];
}

export function judgementTable(lines: readonly Judgement[]): string {
  const rows = lines.map(
    ([name, values, digits, wanted]) => `| ${name} | ${show(figureOf(values), digits)} | ${wanted} |`,
  );
  return ['| ratio within a round | median (least–most) | wanted |', '| --- | --- | --- |', ...rows].join('\n');
}
