import type { Head } from '../core/content.ts';

/** What can be read at any place: a file of a dump. */
interface Readable {
  readonly size: number;
  read(into: Uint8Array, position: number): Promise<number>;
}

/** The head of a file; reads no byte twice. */
export function headOfFile(file: Readable): Head {
  let bytes: Uint8Array = new Uint8Array(0);
  return {
    async read(wanted) {
      const length = Math.min(wanted, file.size);
      if (length <= bytes.length) return bytes.subarray(0, length);
      const more = Buffer.allocUnsafe(length);
      more.set(bytes);
      const filled = await file.read(more.subarray(bytes.length), bytes.length);
      bytes = more.subarray(0, bytes.length + filled);
      return bytes;
    },
  };
}

/** The head of what comes as a stream; keeps what was read, and reads no further than it has to. */
export function headOfStream(stream: AsyncIterable<Uint8Array>): Head & { close(): Promise<void> } {
  const pieces = stream[Symbol.asyncIterator]();
  let bytes: Buffer = Buffer.alloc(0);
  let ended = false;
  return {
    async read(wanted) {
      const parts: Uint8Array[] = [bytes];
      let length = bytes.length;
      while (!ended && length < wanted) {
        const next = await pieces.next();
        if (next.done) ended = true;
        else {
          // The piece is valid only until the next one is asked for.
          parts.push(Buffer.from(next.value));
          length += next.value.length;
        }
      }
      if (parts.length > 1) bytes = Buffer.concat(parts);
      return bytes.subarray(0, wanted);
    },
    async close() {
      await pieces.return?.();
    },
  };
}
