import type { WriteStream } from 'node:tty';

/** A few lines at the bottom of a terminal that are drawn over again, with other lines passing above them. */
export class LiveBlock {
  readonly #terminal: WriteStream;
  #lines: readonly string[] = [];

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  draw(lines: readonly string[]): void {
    this.#terminal.write(this.#erasure() + lines.map((line) => `${line}\n`).join(''));
    this.#lines = lines;
  }

  /** Writes a line above the block. */
  above(line: string): void {
    const lines = this.#lines;
    this.#terminal.write(`${this.#erasure()}${line}\n`);
    this.#lines = [];
    if (lines.length > 0) this.draw(lines);
  }

  clear(): void {
    this.#terminal.write(this.#erasure());
    this.#lines = [];
  }

  /** To the beginning of the block (CSI n F), and all from there on away (CSI J). */
  #erasure(): string {
    return this.#lines.length === 0 ? '' : `\u001b[${this.#lines.length}F\u001b[J`;
  }
}
