import { hash } from 'node:crypto';
import type { Md5 } from '../ids.ts';
import { BLOCK_BYTES, INITIAL_STATE, type Kernel, type Kernels, kernelsOn, VECTOR_LANES } from './kernel.ts';

const PAGE_BYTES = 65_536;
/** Where the chains' values lie; its rest keeps the slots apart from address 0. */
const STATE_BYTES = 4096;
/** Behind the message: 0x80, zeros, and the length. */
const PADDING_BYTES = 4096;
/** Messages that are hashed at once: twice as many as fit into one vector take hardly longer. */
const MOST_LANES = 2 * VECTOR_LANES;
/** How long a message waits for others at most, if whoever brings it lets it; and how often is looked whether it should. Milliseconds. */
const PATIENCE_MS = 12;
const LOOK_MS = 2;

/** One message on its way through a lane. */
interface Work {
  readonly address: number;
  readonly length: number;
  readonly done: (md5: Md5) => void;
}

/** Whether waiting for other messages does no harm now. */
export type MayWait = () => boolean;

interface Lane {
  readonly work: Work;
  address: number;
  blocks: number;
}

/** Messages whose memory is here and that are hashed together: see kernel.ts. */
export class Lanes {
  readonly slotBytes: number;
  readonly #memory: WebAssembly.Memory;
  readonly #bytes: Buffer;
  readonly #words: DataView;
  readonly #kernels: Kernels;
  /** Addresses. The most recently used is last and is taken first: what nobody touched costs no memory. */
  readonly #free: number[];
  #ready: Work[] = [];
  /** Runs what is ready at the end of this turn of the event loop. */
  #soon: NodeJS.Immediate | undefined;
  /** Looks whether what is ready waits for more. */
  #look: NodeJS.Timeout | undefined;

  /** Raises `WebAssembly.CompileError` where the machine has no vectors. */
  constructor(slots: number, slotBytes: number) {
    this.slotBytes = slotBytes;
    const stride = slotBytes + PADDING_BYTES;
    const pages = Math.ceil((STATE_BYTES + slots * stride) / PAGE_BYTES);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#bytes = Buffer.from(this.#memory.buffer);
    this.#words = new DataView(this.#memory.buffer);
    this.#kernels = kernelsOn(this.#memory);
    this.#free = Array.from({ length: slots }, (_, slot) => STATE_BYTES + (slots - 1 - slot) * stride);
  }

  /** Memory for a message; `undefined` when none is left. */
  take(): Slot | undefined {
    const address = this.#free.pop();
    if (address === undefined) return undefined;
    return new Slot(this.#bytes.subarray(address, address + this.slotBytes), {
      md5: (length, mayWait) => this.#submit({ address, length }, mayWait),
      release: () => this.#free.push(address),
    });
  }

  #submit(message: Pick<Work, 'address' | 'length'>, mayWait: MayWait | undefined): Promise<Md5> {
    return new Promise((done) => {
      this.#ready.push({ ...message, done });
      // What else was read in this turn of the event loop comes along.
      if (!mayWait || this.#ready.length >= MOST_LANES) this.#soon ??= setImmediate(() => this.#run());
      else this.#waitForMore(mayWait, performance.now() + PATIENCE_MS);
    });
  }

  /** A vector with empty lanes takes as long as a full one. */
  #waitForMore(mayWait: MayWait, end: number): void {
    this.#look ??= setTimeout(() => {
      this.#look = undefined;
      if (mayWait() && performance.now() < end) this.#waitForMore(mayWait, end);
      else this.#run();
    }, LOOK_MS);
  }

  #run(): void {
    const ready = this.#ready;
    this.#ready = [];
    clearImmediate(this.#soon);
    clearTimeout(this.#look);
    this.#soon = undefined;
    this.#look = undefined;
    const [only] = ready;
    if (ready.length === 1 && only) {
      only.done(this.#alone(only));
      return;
    }
    // The longest first: then few are left alone at the end.
    ready.sort((a, b) => a.length - b.length);
    let lanes: Lane[] = [];
    for (;;) {
      lanes = this.#filled(lanes, ready);
      if (lanes.length === 0) return;
      this.#advance(lanes);
    }
  }

  /** One message in four lanes would take longer than in none. */
  #alone({ address, length }: Work): Md5 {
    return hash('md5', this.#bytes.subarray(address, address + length)) as Md5;
  }

  /** The lanes that are not at their end, moved together, and further messages behind them. */
  #filled(before: readonly Lane[], ready: Work[]): Lane[] {
    const lanes: Lane[] = [];
    for (const [index, lane] of before.entries()) {
      const chain = this.#chain(index);
      if (lane.blocks === 0) lane.work.done(hexOf(chain));
      else this.#setChain(lanes.push(lane) - 1, chain);
    }
    while (lanes.length < MOST_LANES) {
      const work = ready.pop();
      if (!work) break;
      const { address } = work;
      this.#setChain(lanes.push({ work, address, blocks: this.#pad(work) }) - 1, INITIAL_STATE);
    }
    return lanes;
  }

  #advance(lanes: readonly Lane[]): void {
    const blocks = Math.min(...lanes.map((lane) => lane.blocks));
    const addresses = lanes.map(({ address }) => address);
    const kernel: Kernel = lanes.length > VECTOR_LANES ? this.#kernels.eight : this.#kernels.four;
    const width = lanes.length > VECTOR_LANES ? MOST_LANES : VECTOR_LANES;
    // Lanes that nobody uses read what another reads.
    while (addresses.length < width) addresses.push(addresses[0] ?? 0);
    kernel(0, blocks, ...addresses);
    for (const lane of lanes) {
      lane.address += blocks * BLOCK_BYTES;
      lane.blocks -= blocks;
    }
  }

  /** Makes whole blocks of a message (RFC 1321, 3.1 and 3.2); how many there are. */
  #pad({ address, length }: Work): number {
    const blocks = Math.floor((length + 8) / BLOCK_BYTES) + 1;
    const end = address + blocks * BLOCK_BYTES;
    this.#bytes.fill(0, address + length, end);
    this.#bytes[address + length] = 0x80;
    this.#words.setBigUint64(end - 8, BigInt(length) * 8n, true);
    return blocks;
  }

  #chain(lane: number): readonly number[] {
    return INITIAL_STATE.map((_, word) => this.#words.getUint32(stateAddress(lane, word), true));
  }

  #setChain(lane: number, chain: readonly number[]): void {
    for (const [word, value] of chain.entries()) this.#words.setUint32(stateAddress(lane, word), value, true);
  }
}

interface How {
  md5(length: number, mayWait: MayWait | undefined): Promise<Md5>;
  release(): void;
}

/** Memory for one message. */
export class Slot {
  readonly bytes: Buffer;
  readonly #how: How;
  #released = false;

  constructor(bytes: Buffer, how: How) {
    this.bytes = bytes;
    this.#how = how;
  }

  /** MD5 of the first `length` bytes, which stay as they are. */
  md5(length: number, mayWait?: MayWait): Promise<Md5> {
    return this.#how.md5(length, mayWait);
  }

  /** Gives the memory back; to be called when no MD5 is waited for. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#how.release();
  }
}

function stateAddress(lane: number, word: number): number {
  const vector = Math.floor(lane / VECTOR_LANES);
  return vector * BLOCK_BYTES + word * 16 + (lane % VECTOR_LANES) * 4;
}

function hexOf(chain: readonly number[]): Md5 {
  const bytes = Buffer.alloc(16);
  for (const [word, value] of chain.entries()) bytes.writeUInt32LE(value, 4 * word);
  return bytes.toString('hex') as Md5;
}
