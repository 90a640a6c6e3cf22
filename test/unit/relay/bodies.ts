import { createHash } from 'node:crypto';
import type { Md5 } from '../../../functions/core/ids.ts';
import type { Body } from '../../../functions/orthanc/relay/body.ts';
import type { UploadRequest } from '../../../functions/orthanc/server.ts';

/** What a body does next: gives bytes, raises, or awaits something before it goes on. */
export type Step = Buffer | Error | (() => Promise<unknown>);

/**
 * Bodies that follow a script each time that one is opened. They give out pieces as meanly as `Body` allows: a piece becomes garbage as
 * soon as the next one is asked for.
 */
export class Script {
  opened = 0;
  closed = 0;
  /** How often one was closed twice or while a piece was awaited, or asked for more after its last piece. */
  misused = 0;
  /** What closing waits for. */
  onClose: () => Promise<unknown> = async () => undefined;
  readonly #steps: readonly Step[];

  /** @param knowsItsEnd whether the piece with the last byte is given out as the last one, or an empty one after it. */
  constructor(steps: readonly Step[], knowsItsEnd = true) {
    this.#steps = knowsItsEnd ? steps : [...steps, Buffer.alloc(0)];
  }

  /** Of the announced size; without one, what all pieces have together. */
  request(more: Partial<UploadRequest> = {}): UploadRequest {
    const size = this.#steps.reduce((sum, step) => sum + (step instanceof Buffer ? step.length : 0), 0);
    return { size, open: async () => this.#open(), ...more };
  }

  #open(): Body {
    this.opened += 1;
    const hash = createHash('md5');
    const steps = this.#steps.values();
    const lastPiece = this.#steps.findLastIndex((step) => step instanceof Buffer);
    let [index, last, asked, closed] = [0, false, false, false];
    let given = Buffer.alloc(0);
    let md5: Md5 | undefined;
    const misuse = (isOne: boolean) => {
      if (isOne) this.misused += 1;
    };
    const next = async (): Promise<Buffer> => {
      misuse(closed || asked || last);
      given.fill(0xee);
      for (const step of steps) {
        const number = index++;
        if (step instanceof Error) throw step;
        if (typeof step === 'function') await step();
        else {
          given = Buffer.from(step);
          hash.update(given);
          last = number === lastPiece;
          if (last) md5 = hash.digest('hex') as Md5;
          return given;
        }
      }
      throw new Error('nothing more is to be had');
    };
    return {
      next: async () => {
        const piece = next();
        asked = true;
        return piece.finally(() => {
          asked = false;
        });
      },
      get last() {
        return last;
      },
      get md5() {
        return md5;
      },
      close: async () => {
        misuse(closed || asked);
        closed = true;
        given.fill(0xee);
        await this.onClose();
        this.closed += 1;
      },
    };
  }
}

/** Cuts bytes into pieces of these lengths, over and over. */
export function piecesOf(file: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let [at, turn] = [0, 0]; at < file.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? file.length;
    pieces.push(file.subarray(at, at + length));
    at += length;
  }
  return pieces.length === 0 ? [file] : pieces;
}
