import { closeSync, fchmodSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

export interface RotationOptions {
  /** Bytes after which a new file is begun. */
  readonly maxBytes: number;
  /** How many full files are kept beside the present one. */
  readonly keep: number;
}

/** A text file, private to the user, that is set aside as `<path>.1`, `<path>.2` and so on when it is full. */
export class RotatingFile {
  readonly #path: string;
  readonly #options: RotationOptions;
  #file: number | undefined;
  #bytes = 0;

  /** Raises the file system's error when the file cannot be opened. */
  constructor(path: string, options: RotationOptions) {
    this.#path = path;
    this.#options = options;
    this.#open();
  }

  /** Never raises: a full disk must not end what is being logged. */
  write(line: string): void {
    if (this.#file === undefined) return;
    try {
      if (this.#bytes > 0 && this.#bytes + line.length > this.#options.maxBytes) this.#rotate();
      this.#bytes += writeSync(this.#file, line);
    } catch {
      // The line is lost; whoever needs the disk for more than this reports it.
    }
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): void {
    this.#file = openSync(this.#path, 'a', 0o600);
    if (process.platform !== 'win32') fchmodSync(this.#file, 0o600);
    this.#bytes = fstatSync(this.#file).size;
  }

  #rotate(): void {
    for (let n = this.#options.keep; n > 0; n--) {
      try {
        renameSync(n === 1 ? this.#path : `${this.#path}.${n - 1}`, `${this.#path}.${n}`);
      } catch {
        // There are not so many yet.
      }
    }
    const full = this.#file;
    this.#open();
    if (full !== undefined) closeSync(full);
  }
}
