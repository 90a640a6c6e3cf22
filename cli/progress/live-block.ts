import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';

/** A few lines at the bottom of a terminal that are drawn over again, with other lines passing above them. */
export class LiveBlock {
  readonly #terminal: WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate>;
  #lines: readonly string[] = [];

  constructor(terminal: WriteStream) {
    this.#terminal = terminal;
    this.#update = createLogUpdate(terminal);
  }

  get columns(): number {
    return this.#terminal.columns;
  }

  draw(lines: readonly string[]): void {
    this.#update(lines.join('\n'));
    this.#lines = lines;
  }

  /** Writes a line above the block. */
  above(line: string): void {
    const lines = this.#lines;
    this.#update.clear();
    this.#terminal.write(`${line}\n`);
    if (lines.length > 0) this.draw(lines);
  }

  /** Removes the block and shows the cursor again. */
  clear(): void {
    this.#update.clear();
    this.#update.done();
    this.#lines = [];
  }
}
