import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type Ended, run, type Started, start, stateDirectory } from '../../support/command-line.ts';
import { checkEvidence, type EvidenceReport } from '../../support/independent.ts';
import { until } from '../../support/until.ts';

export interface DeadLetter {
  readonly instance: string;
  readonly code: string;
}

/** One job of `replicate` with a state directory of its own, run and looked at through the command line. */
export interface Replication {
  /** Begins the command, or goes on with it. */
  start(...options: string[]): Started;
  replicate(...options: string[]): Promise<Ended>;
  /** Another command on the same state directory. */
  command(name: string, ...options: string[]): Promise<Ended>;
  /** Asks for the status until it says this; returns it. */
  untilStatus(text: RegExp): Promise<string>;
  evidence(): Promise<EvidenceReport>;
  /** What lies in the dead-letter queue, read without the product. */
  deadLetters(): DeadLetter[];
  /** Ends what still runs, and removes the state directory. */
  remove(): Promise<void>;
}

export async function replication(source: string, target: string): Promise<Replication> {
  const directory = await stateDirectory();
  const state = ['--state-dir', directory.path];
  const children: ChildProcess[] = [];
  const replicate = (options: readonly string[]) => {
    const started = start(['replicate', source, target, ...state, ...options]);
    children.push(started.child);
    return started;
  };
  const command = (name: string, ...options: string[]) => run([name, ...state, ...options]);
  return {
    start: (...options) => replicate(options),
    replicate: (...options) => replicate(options).ended,
    command,
    async untilStatus(text) {
      let seen = '';
      const look = async () => {
        seen = (await command('status')).stdout;
        return text.test(seen);
      };
      await until(`status says ${text}`, look, 90).catch((error: unknown) => {
        throw new Error(`the last status was:\n${seen}`, { cause: error });
      });
      return seen;
    },
    async evidence() {
      const status = await command('status', '--json');
      const { evidence } = JSON.parse(status.stdout) as { evidence?: string };
      if (evidence === undefined) throw new Error(`there is no evidence:\n${status.stdout}`);
      return checkEvidence(evidence);
    },
    deadLetters: () => deadLetters(directory.path),
    async remove() {
      for (const child of children) child.kill('SIGKILL');
      await directory.remove();
    },
  };
}

export async function storedInstances(url: string): Promise<number> {
  const answer = await fetch(new URL('statistics', url));
  const { CountInstances } = (await answer.json()) as { CountInstances: number };
  return CountInstances;
}

function deadLetters(directory: string): DeadLetter[] {
  const database = new DatabaseSync(join(directory, 'state.sqlite'), { readOnly: true });
  try {
    const rows = database.prepare("SELECT body FROM messages WHERE queue = 'dead-letter'").all();
    return rows.map(({ body }) => {
      const { item, code }: { item: string; code: string } = JSON.parse(String(body));
      return { instance: item, code };
    });
  } finally {
    database.close();
  }
}
