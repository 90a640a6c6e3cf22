/** Operations on vectors (prefix 0xfd). */
export const VECTOR = {
  not: 0x4d,
  and: 0x4e,
  andNot: 0x4f,
  or: 0x50,
  xor: 0x51,
  shiftLeft: 0xab,
  shiftRight: 0xad,
  add: 0xae,
} as const;

/** Types of values. */
export const TYPE = { i32: 0x7f, v128: 0x7b } as const;

/** Writes WebAssembly (its core specification, version 2, chapter 5) piece by piece into one array: thousands of small ones take their time. */
export class Assembler {
  readonly #bytes: number[] = [];

  get bytes(): readonly number[] {
    return this.#bytes;
  }

  raw(...bytes: readonly number[]): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** LEB128 of a number that is not negative. */
  unsigned(value: number): this {
    let left = value;
    for (; left >= 128; left >>>= 7) this.#bytes.push((left & 127) | 128);
    this.#bytes.push(left);
    return this;
  }

  /** The length of something, and the thing itself. */
  sized({ bytes }: Assembler): this {
    this.unsigned(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  text(name: string): this {
    return this.unsigned(name.length).raw(...Buffer.from(name, 'latin1'));
  }

  get(local: number): this {
    this.#bytes.push(0x20);
    return this.unsigned(local);
  }

  set(local: number): this {
    this.#bytes.push(0x21);
    return this.unsigned(local);
  }

  tee(local: number): this {
    this.#bytes.push(0x22);
    return this.unsigned(local);
  }

  /** A number from 0 to 8191. */
  constant(value: number): this {
    this.#bytes.push(0x41);
    // Its sign has to be told: a byte has room for six bits beside it.
    if (value < 64) this.#bytes.push(value);
    else this.#bytes.push((value & 127) | 128, value >>> 7);
    return this;
  }

  vector(operation: number): this {
    this.#bytes.push(0xfd);
    return this.unsigned(operation);
  }

  load(offset: number): this {
    this.vector(0x00).#bytes.push(0);
    return this.unsigned(offset);
  }

  store(offset: number): this {
    this.vector(0x0b).#bytes.push(0);
    return this.unsigned(offset);
  }

  /** The same word in all lanes. */
  splat(word: number): this {
    this.vector(0x0c);
    for (let lane = 0; lane < 4; lane += 1)
      this.#bytes.push(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24);
    return this;
  }

  /** Puts four of the eight words of two vectors together. */
  shuffle(words: readonly number[]): this {
    this.vector(0x0d);
    for (const word of words) this.#bytes.push(4 * word, 4 * word + 1, 4 * word + 2, 4 * word + 3);
    return this;
  }
}
