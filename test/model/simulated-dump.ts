import type { StorageKeys } from '../../functions/core/content.ts';
import {
  type Dump,
  DumpError,
  type DumpFile,
  type DumpItem,
  type Dumps,
  type IndexFact,
} from '../../functions/core/dump.ts';
import type { FileKey } from '../../functions/core/ids.ts';
import type { Dumped } from './dumped-content.ts';
import type { Turn } from './process.ts';

/** One file of the model's dump, with all that ever happened to it. */
export interface SimulatedFile {
  readonly key: FileKey;
  dumped: Dumped;
  /** Of an archive. */
  readonly members: readonly Dumped[];
  readonly index?: IndexFact;
  /** What it was before. */
  readonly past: Dumped[];
  /** It is other content than its index says. */
  readonly damaged: boolean;
  version: number;
  unreadable: boolean;
  gone: boolean;
  /** Something happened to it while the job ran: what becomes of it depends on when. */
  troubled: boolean;
}

const KEYS: StorageKeys = new Map();

/** Files in memory that may change, vanish, or be unreadable for a while. */
export class SimulatedDump {
  /** Everything that ever was in the dump. */
  readonly files = new Map<FileKey, SimulatedFile>();
  /** What happens to a file in the midst of being read. */
  meanwhile: (file: SimulatedFile) => void = () => undefined;

  /** The order in which files came, where they were uploaded one after the other. */
  arrived: readonly FileKey[] = [];

  /** In the dump's order. */
  get inOrder(): readonly SimulatedFile[] {
    return [...this.files.values()].sort((a, b) => this.#place(a) - this.#place(b) || (a.key < b.key ? -1 : 1));
  }

  #place({ key }: SimulatedFile): number {
    return this.arrived.indexOf(key);
  }

  add(file: Pick<SimulatedFile, 'key' | 'dumped'> & Partial<SimulatedFile>): void {
    const fresh = {
      members: [],
      past: [],
      damaged: false,
      version: 1,
      unreadable: false,
      gone: false,
      troubled: false,
    };
    this.files.set(file.key, { ...fresh, ...file });
  }

  change(file: SimulatedFile, dumped: Dumped): void {
    file.past.push(file.dumped);
    Object.assign(file, { dumped, version: file.version + 1, troubled: true });
  }

  vanish(file: SimulatedFile): void {
    Object.assign(file, { gone: true, troubled: true });
  }

  setUnreadable(file: SimulatedFile, unreadable: boolean): void {
    Object.assign(file, { unreadable, troubled: true });
  }
}

/** The port as one process sees it: each of its calls may be its last. */
export function simulatedDumps(dump: SimulatedDump, turn: Turn): Dumps {
  const opened: Dump = {
    ahead: 16,
    // Both ways of reading are met.
    get near() {
      return dump.files.size % 2 === 0;
    },
    async *list(after) {
      for (let last = after; ; ) {
        await turn();
        const next = dump.inOrder.find(({ key, gone }) => !gone && (last === undefined || key > last));
        if (!next) return;
        yield itemOf(next);
        last = next.key;
      }
    },
    async item(key) {
      await turn();
      return itemOf(existing(dump, key));
    },
    async open(key) {
      await turn();
      return openFile(dump, key, turn);
    },
    close: async () => undefined,
  };
  return { keys: KEYS, dump: async () => opened, close: async () => undefined };
}

function itemOf({ key, dumped, version, index }: SimulatedFile): DumpItem {
  return { kind: 'object', key, size: dumped.bytes.length, version: `${version}`, ...(index && { index }) };
}

function existing(dump: SimulatedDump, key: FileKey): SimulatedFile {
  const file = dump.files.get(key);
  if (!file || file.gone) throw new DumpError('FILE_VANISHED', 'a file is gone');
  return file;
}

/** An open file that vanishes can still be read; one that is written again gives its new bytes. */
function openFile(dump: SimulatedDump, key: FileKey, turn: Turn): DumpFile {
  const file = existing(dump, key);
  const readable = (): SimulatedFile => {
    if (file.unreadable) throw new DumpError('FILE_UNREADABLE', 'a file cannot be read');
    return file;
  };
  const { dumped, version } = readable();
  return {
    size: dumped.bytes.length,
    version: `${version}`,
    async read(into, position) {
      // In two pieces: the file may change between them.
      const middle = Math.ceil(into.length / 2);
      await turn();
      const first = readable().dumped.bytes.subarray(position, position + middle);
      into.set(first);
      dump.meanwhile(file);
      await turn();
      const second = readable().dumped.bytes.subarray(position + middle, position + into.length);
      into.set(second, first.length);
      return first.length + second.length;
    },
    async versionNow() {
      await turn();
      return `${existing(dump, key).version}`;
    },
    close: async () => undefined,
  };
}
