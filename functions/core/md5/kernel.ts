/**
 * The compression function of MD5 (RFC 1321, 3.4) for several messages at once, as WebAssembly: one lane of a 128-bit vector is one
 * message. MD5 is a chain of dependent steps, so that a processor idles through most of a single message; four or eight chains side by
 * side take hardly longer than one.
 *
 * The module is made here, byte by byte: its 64 steps are all alike, and neither a compiler nor a binary has to be kept for it.
 */

/** Messages in one vector. */
export const VECTOR_LANES = 4;
/** Bytes that one step of the chain takes up. */
export const BLOCK_BYTES = 64;
/** Initial value of the chain (RFC 1321, 3.3). */
export const INITIAL_STATE = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476] as const;

/**
 * Takes up `blocks` blocks of each message. `state`: address of the chains' values, vector by vector, in each the four words one after
 * the other, in each of these the lanes. `messages`: addresses, as many as there are lanes.
 */
export type Kernel = (state: number, blocks: number, ...messages: number[]) => void;

export interface Kernels {
  readonly four: Kernel;
  readonly eight: Kernel;
}

/** Raises `WebAssembly.CompileError` where the machine has no vectors. */
export function kernelsOn(memory: WebAssembly.Memory): Kernels {
  const module = new WebAssembly.Module(moduleBytes(Number(memory.buffer.byteLength / 65_536)));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
}

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;

/** Which word of the block a step takes. */
const WORD_OF_STEP = [
  (step: number) => step,
  (step: number) => 5 * step + 1,
  (step: number) => 3 * step + 5,
  (step: number) => 7 * step,
] as const;

type Code = readonly number[];

const I32 = 0x7f;
const V128 = 0x7b;
const END = 0x0b;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;

const get = (local: number): Code => [0x20, ...unsigned(local)];
const set = (local: number): Code => [0x21, ...unsigned(local)];
const tee = (local: number): Code => [0x22, ...unsigned(local)];
const i32 = (value: number): Code => [0x41, ...signed(value)];
const vector = (operation: number): Code => [0xfd, ...unsigned(operation)];
const load = (offset: number): Code => [...vector(0x00), 0, ...unsigned(offset)];
const store = (offset: number): Code => [...vector(0x0b), 0, ...unsigned(offset)];
const not = vector(0x4d);
const and = vector(0x4e);
const andNot = vector(0x4f);
const or = vector(0x50);
const xor = vector(0x51);
const shiftLeft = vector(0xab);
const shiftRight = vector(0xad);
const add = vector(0xae);

/** The same word in all lanes. */
const splat = (word: number): Code => {
  const bytes = [word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24];
  return [...vector(0x0c), ...bytes, ...bytes, ...bytes, ...bytes];
};

/** Puts four of the eight words of two vectors together. */
const shuffle = (...words: readonly number[]): Code => [
  ...vector(0x0d),
  ...words.flatMap((word) => [0, 1, 2, 3].map((byte) => 4 * word + byte)),
];

function moduleBytes(pages: number): Uint8Array<ArrayBuffer> {
  const kernels = [1, 2].map((vectors) => ({ parameters: 2 + VECTOR_LANES * vectors, code: kernelCode(vectors) }));
  const types = kernels.map(({ parameters }) => [0x60, ...counted(new Array(parameters).fill([I32])), 0]);
  const names = ['four', 'eight'];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, counted(types)),
    ...section(2, counted([[...text('env'), ...text('memory'), 2, 0, ...unsigned(pages)]])),
    ...section(3, counted(kernels.map((_, index) => [index]))),
    ...section(7, counted(names.map((name, index) => [...text(name), 0, index]))),
    ...section(10, counted(kernels.map(({ code }) => [...unsigned(code.length), ...code]))),
  ]);
}

/** Locals of a kernel: where the state lies, how many blocks are left, the addresses of the messages; then vectors. */
const STATE = 0;
const BLOCKS = 1;
const MESSAGES = 2;

interface VectorLocals {
  /** Locals of the addresses of its messages. */
  readonly messages: readonly number[];
  readonly chain: readonly [number, number, number, number];
  readonly words: readonly number[];
  readonly scratch: readonly [number, number, number, number];
  /** Where its part of the state begins. */
  readonly offset: number;
}

function kernelCode(vectors: number): Code {
  const lanes = VECTOR_LANES * vectors;
  const first = MESSAGES + lanes;
  const perVector = 4 + 16 + 4;
  const all = Array.from({ length: vectors }, (_, index): VectorLocals => {
    const from = first + perVector * index;
    return {
      messages: [0, 1, 2, 3].map((lane) => MESSAGES + VECTOR_LANES * index + lane),
      chain: [from, from + 1, from + 2, from + 3],
      words: Array.from({ length: 16 }, (_word, word) => from + 4 + word),
      scratch: [from + 20, from + 21, from + 22, from + 23],
      offset: BLOCK_BYTES * index,
    };
  });
  const body = [
    ...all.flatMap(loadChain),
    ...[0x03, 0x40],
    ...all.flatMap(loadWords),
    // Step by step through all vectors, so that the processor has independent work at hand.
    ...Array.from({ length: 64 }, (_, step) => all.flatMap((locals) => stepCode(locals, step))).flat(),
    ...all.flatMap(addToState),
    ...Array.from({ length: lanes }, (_, lane) => advance(MESSAGES + lane)).flat(),
    ...[...get(BLOCKS), ...i32(1), I32_SUB, ...tee(BLOCKS), 0x0d, 0],
    END,
    END,
  ];
  return [...counted([[...unsigned(perVector * vectors), V128]]), ...body];
}

function loadChain({ chain, offset }: VectorLocals): Code {
  return chain.flatMap((local, word) => [...get(STATE), ...load(offset + 16 * word), ...set(local)]);
}

/** Reads a block of each message, and turns it: a word of all messages becomes a vector. */
function loadWords({ messages, words, scratch: [low01, high01, low23, high23] }: VectorLocals): Code {
  const fourWords = (lane: number, at: number): Code => [...get(messages[lane] ?? 0), ...load(at)];
  return [0, 4, 8, 12].flatMap((word) => {
    const both = (lane: number, ...picked: number[]) => [
      ...fourWords(lane, 4 * word),
      ...fourWords(lane + 1, 4 * word),
      ...shuffle(...picked),
    ];
    const joined = (left: number, right: number, ...picked: number[]) => [
      ...get(left),
      ...get(right),
      ...shuffle(...picked),
    ];
    return [
      ...[...both(0, 0, 4, 1, 5), ...set(low01)],
      ...[...both(0, 2, 6, 3, 7), ...set(high01)],
      ...[...both(2, 0, 4, 1, 5), ...set(low23)],
      ...[...both(2, 2, 6, 3, 7), ...set(high23)],
      ...[...joined(low01, low23, 0, 1, 4, 5), ...set(words[word] ?? 0)],
      ...[...joined(low01, low23, 2, 3, 6, 7), ...set(words[word + 1] ?? 0)],
      ...[...joined(high01, high23, 0, 1, 4, 5), ...set(words[word + 2] ?? 0)],
      ...[...joined(high01, high23, 2, 3, 6, 7), ...set(words[word + 3] ?? 0)],
    ];
  });
}

/** `a = b + rotate(a + f(b, c, d) + word + constant)`; the roles of the four words go round with the steps. */
function stepCode({ chain, words, scratch: [sum] }: VectorLocals, step: number): Code {
  const role = (offset: number): number => chain[(offset + 64 - step) % 4] ?? 0;
  const [a, b, c, d] = [role(0), role(1), role(2), role(3)];
  const round = step >> 4;
  const word = words[(WORD_OF_STEP[round]?.(step) ?? 0) % 16] ?? 0;
  const shift = SHIFTS[round]?.[step % 4] ?? 0;
  const constant = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32);
  return [
    ...[...get(a), ...get(word), ...add, ...splat(constant), ...add],
    ...mixed(round, b, c, d),
    ...[...add, ...tee(sum), ...i32(shift), ...shiftLeft],
    ...[...get(sum), ...i32(32 - shift), ...shiftRight, ...or],
    ...[...get(b), ...add, ...set(a)],
  ];
}

/** The functions F, G, H and I, each with as few operations behind `b` as there can be: that is what the next step waits for. */
function mixed(round: number, b: number, c: number, d: number): Code {
  switch (round) {
    case 0:
      return [...get(c), ...get(d), ...xor, ...get(b), ...and, ...get(d), ...xor];
    case 1:
      // The halves of G have no bit in common, so that adding them is as good as joining them.
      return [...get(c), ...get(d), ...andNot, ...add, ...get(b), ...get(d), ...and];
    case 2:
      return [...get(c), ...get(d), ...xor, ...get(b), ...xor];
    default:
      return [...get(d), ...not, ...get(b), ...or, ...get(c), ...xor];
  }
}

function addToState({ chain, offset }: VectorLocals): Code {
  return chain.flatMap((local, word) => [
    ...get(STATE),
    ...[...get(local), ...get(STATE), ...load(offset + 16 * word), ...add, ...tee(local)],
    ...store(offset + 16 * word),
  ]);
}

function advance(message: number): Code {
  return [...get(message), ...i32(BLOCK_BYTES), I32_ADD, ...set(message)];
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function counted(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return [...unsigned(name.length), ...Buffer.from(name, 'latin1')];
}

/** LEB128, of a number that is not negative. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** LEB128 of numbers from 0 to 8191, whose sign has to be told. */
function signed(value: number): Code {
  return value < 64 ? [value] : [(value & 127) | 128, value >>> 7];
}
