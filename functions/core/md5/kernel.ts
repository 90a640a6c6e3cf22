import { Assembler, TYPE, VECTOR } from './assembler.ts';

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

const END = 0x0b;
const I32_ADD = 0x6a;
const I32_SUB = 0x6b;

function moduleBytes(pages: number): Uint8Array<ArrayBuffer> {
  const kernels = [1, 2].map((vectors) => ({ parameters: 2 + VECTOR_LANES * vectors, code: kernelCode(vectors) }));
  const types = new Assembler().unsigned(kernels.length);
  for (const { parameters } of kernels)
    types
      .raw(0x60)
      .unsigned(parameters)
      .raw(...new Array<number>(parameters).fill(TYPE.i32), 0);
  const imports = new Assembler().unsigned(1).text('env').text('memory').raw(2, 0).unsigned(pages);
  const functions = new Assembler().unsigned(kernels.length).raw(0, 1);
  const exports = new Assembler().unsigned(kernels.length).text('four').raw(0, 0).text('eight').raw(0, 1);
  const code = new Assembler().unsigned(kernels.length);
  for (const kernel of kernels) code.sized(kernel.code);
  const module = new Assembler().raw(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
  module.raw(1).sized(types).raw(2).sized(imports).raw(3).sized(functions).raw(7).sized(exports).raw(10).sized(code);
  return Uint8Array.from(module.bytes);
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

function kernelCode(vectors: number): Assembler {
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
  const code = new Assembler();
  code
    .unsigned(1)
    .unsigned(perVector * vectors)
    .raw(TYPE.v128);
  for (const locals of all) loadChain(code, locals);
  code.raw(0x03, 0x40);
  for (const locals of all) loadWords(code, locals);
  // Step by step through all vectors, so that the processor has independent work at hand.
  for (let step = 0; step < 64; step += 1) for (const locals of all) stepCode(code, locals, step);
  for (const locals of all) addToState(code, locals);
  for (let lane = 0; lane < lanes; lane += 1) advance(code, MESSAGES + lane);
  return code.get(BLOCKS).constant(1).raw(I32_SUB).tee(BLOCKS).raw(0x0d, 0, END, END);
}

function loadChain(code: Assembler, { chain, offset }: VectorLocals): void {
  for (const [word, local] of chain.entries())
    code
      .get(STATE)
      .load(offset + 16 * word)
      .set(local);
}

/** Reads a block of each message, and turns it: a word of all messages becomes a vector. */
function loadWords(code: Assembler, { messages, words, scratch }: VectorLocals): void {
  const [low01, high01, low23, high23] = scratch;
  const fourWords = (lane: number, word: number) => code.get(messages[lane] ?? 0).load(4 * word);
  for (let word = 0; word < 16; word += 4) {
    const both = (lane: number, picked: readonly number[], into: number) => {
      fourWords(lane, word);
      fourWords(lane + 1, word)
        .shuffle(picked)
        .set(into);
    };
    const joined = (left: number, right: number, picked: readonly number[], into: number | undefined) =>
      code
        .get(left)
        .get(right)
        .shuffle(picked)
        .set(into ?? 0);
    both(0, [0, 4, 1, 5], low01);
    both(0, [2, 6, 3, 7], high01);
    both(2, [0, 4, 1, 5], low23);
    both(2, [2, 6, 3, 7], high23);
    joined(low01, low23, [0, 1, 4, 5], words[word]);
    joined(low01, low23, [2, 3, 6, 7], words[word + 1]);
    joined(high01, high23, [0, 1, 4, 5], words[word + 2]);
    joined(high01, high23, [2, 3, 6, 7], words[word + 3]);
  }
}

/** `a = b + rotate(a + f(b, c, d) + word + constant)`; the roles of the four words go round with the steps. */
function stepCode(code: Assembler, { chain, words, scratch: [sum] }: VectorLocals, step: number): void {
  const role = (offset: number): number => chain[(offset + 64 - step) % 4] ?? 0;
  const [a, b, c, d] = [role(0), role(1), role(2), role(3)];
  const round = step >> 4;
  const word = words[(WORD_OF_STEP[round]?.(step) ?? 0) % 16] ?? 0;
  const shift = SHIFTS[round]?.[step % 4] ?? 0;
  const constant = Math.floor(Math.abs(Math.sin(step + 1)) * 2 ** 32);
  code.get(a).get(word).vector(VECTOR.add).splat(constant).vector(VECTOR.add);
  mixed(code, round, b, c, d);
  code.vector(VECTOR.add).tee(sum).constant(shift).vector(VECTOR.shiftLeft);
  code
    .get(sum)
    .constant(32 - shift)
    .vector(VECTOR.shiftRight)
    .vector(VECTOR.or);
  code.get(b).vector(VECTOR.add).set(a);
}

/** The functions F, G, H and I, each with as few operations behind `b` as there can be: that is what the next step waits for. */
function mixed(code: Assembler, round: number, b: number, c: number, d: number): void {
  const { not, and, andNot, or, xor, add } = VECTOR;
  switch (round) {
    case 0:
      code.get(c).get(d).vector(xor).get(b).vector(and).get(d).vector(xor);
      return;
    case 1:
      // The halves of G have no bit in common, so that adding them is as good as joining them.
      code.get(c).get(d).vector(andNot).vector(add).get(b).get(d).vector(and);
      return;
    case 2:
      code.get(c).get(d).vector(xor).get(b).vector(xor);
      return;
    default:
      code.get(d).vector(not).get(b).vector(or).get(c).vector(xor);
  }
}

function addToState(code: Assembler, { chain, offset }: VectorLocals): void {
  for (const [word, local] of chain.entries()) {
    const at = offset + 16 * word;
    code.get(STATE).get(local).get(STATE).load(at).vector(VECTOR.add).tee(local).store(at);
  }
}

function advance(code: Assembler, message: number): void {
  code.get(message).constant(BLOCK_BYTES).raw(I32_ADD).set(message);
}
