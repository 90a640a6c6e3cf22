import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  type EndEvent,
  type Ended,
  type Environment,
  endOf,
  run,
  type Started,
  start,
  stateDirectory,
} from '../../support/command-line.ts';
import { expectSoundEvidence } from '../../support/proof.ts';
import type { Traffic } from '../../support/traffic.ts';
import { until } from '../../support/until.ts';

const MOST_SECONDS = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 1800 : 100;

/** One row of the evidence of an import, as far as tests look at it. */
export interface FileRow {
  readonly file: string;
  readonly member?: { readonly number: number; readonly name: string };
  readonly code: string;
  readonly outcome: string;
  readonly instance?: string;
  readonly otherFile?: string;
  readonly keyNumber?: number;
  readonly orphan?: true;
  readonly sentByUs: string;
  readonly attempts: number;
  readonly size?: number;
  readonly md5Source?: string;
  readonly md5Target?: string;
}

/** What a finished import says of itself, after it was checked against itself. */
export interface Imported {
  readonly end: EndEvent;
  readonly rows: readonly FileRow[];
  readonly byCode: Readonly<Record<string, number>>;
  /** The row of a file that is no archive; raises when there is none. */
  row(path: string): FileRow;
}

export interface DeadLetter {
  readonly file: string;
  readonly code: string;
}

/** Jobs of `import` with a state directory of their own, run and looked at through the command line. */
export interface Import {
  /** Begins the command with these options, or goes on with it. */
  start(...options: string[]): Started;
  /** Runs it to its end, and checks its evidence. Raises when it does not complete. */
  import(...options: string[]): Promise<Imported>;
  /** Checks the evidence of a run that was started here. */
  imported(ended: Ended): Promise<Imported>;
  /** Another command on the same state directory. */
  command(name: string, ...options: string[]): Promise<Ended>;
  /** Asks for the status until it says this. */
  untilStatus(text: RegExp): Promise<void>;
  /** What lies in the dead-letter queue, read without the product. */
  deadLetters(): DeadLetter[];
  /** Ends what still runs, and removes the state directory. */
  remove(): Promise<void>;
}

export async function importing(
  paths: string | readonly string[],
  target: string,
  environment: Environment = {},
): Promise<Import> {
  const directory = await stateDirectory();
  const state = ['--state-dir', directory.path];
  const children: ChildProcess[] = [];
  const begin = (options: readonly string[]) => {
    const places = typeof paths === 'string' ? [paths] : paths;
    const started = start(['import', ...places, target, ...state, '--json', ...options], environment);
    children.push(started.child);
    return started;
  };
  const command = (name: string, ...options: string[]) => run([name, ...state, ...options], environment);
  return {
    start: (...options) => begin(options),
    import: async (...options) => checkImport(await ended(begin(options))),
    imported: checkImport,
    command,
    async untilStatus(text) {
      let seen = '';
      const look = async () => {
        seen = (await command('status')).stdout;
        return text.test(seen);
      };
      await until(`status says ${text}`, look, 60).catch((error: unknown) => {
        throw new Error(`the last status was:\n${seen}`, { cause: error });
      });
    },
    deadLetters: () => deadLetters(directory.path),
    async remove() {
      for (const child of children) child.kill('SIGKILL');
      await directory.remove();
    },
  };
}

/** DICOM files that went to a target, repetitions included. What has no SOP Instance UID is the question whether it can be written to. */
export function filesPosted({ posts }: Traffic): number {
  return [...posts].reduce((sum, [sopInstanceUid, times]) => sum + (sopInstanceUid === '' ? 0 : times), 0);
}

/** Imports once, with a state directory that is gone afterwards. */
export async function importOnce(
  paths: string | readonly string[],
  target: string,
  ...options: string[]
): Promise<Imported> {
  const job = await importing(paths, target);
  try {
    return await job.import(...options);
  } finally {
    await job.remove();
  }
}

/** Whoever waits for a server waits for a day: in a test that is a failure. */
async function ended({ child, ended: end, stderr }: Started): Promise<Ended> {
  const timer = setTimeout(() => child.kill('SIGKILL'), MOST_SECONDS * 1000);
  const result = await end.finally(() => clearTimeout(timer));
  if (result.signal === 'SIGKILL')
    throw new Error(`not ended after ${MOST_SECONDS} s:\n${result.stdout.slice(-2000)}\n${stderr()}`);
  return result;
}

/** Checks the evidence of a run, and what the command said of it. */
export async function checkImport(ended: Ended): Promise<Imported> {
  const end = endOf(ended);
  const evidence = await expectSoundEvidence(end);
  const rows = evidence.rows as unknown as readonly FileRow[];
  return { end, rows, byCode: evidence.byCode, row: (path) => rowOf(rows, path) };
}

function rowOf(rows: readonly FileRow[], path: string): FileRow {
  const [row, ...others] = rows.filter(({ file, member }) => file === path && !member);
  if (!row || others.length > 0) throw new Error(`${path} has ${row ? others.length + 1 : 0} rows`);
  return row;
}

function deadLetters(directory: string): DeadLetter[] {
  const database = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true });
  try {
    const rows = database.prepare("SELECT body FROM messages WHERE queue = 'dead-letter'").all();
    return rows.map(({ body }) => {
      const { item, code }: { item: string; code: string } = JSON.parse(String(body));
      return { file: item, code };
    });
  } finally {
    database.close();
  }
}
