import { Transform, type TransformCallback } from 'node:stream';

export class Cut extends Error {}

/** Lets so many bytes pass and then fails, so that the pipeline around it is torn down. */
export function cutAfter(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const part = chunk.subarray(0, left);
      left -= part.length;
      if (part.length > 0) this.push(part);
      if (left > 0) return done();
      // What was let through should reach the other side before the connection breaks.
      setTimeout(() => done(new Cut('cut by a fault')), 20);
    },
  });
}

/** Inverts one bit of the byte at this offset. */
export function flipAt(offset: number): Transform {
  let position = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const at = offset - position;
      position += chunk.length;
      if (at < 0 || at >= chunk.length) return done(null, chunk);
      const changed = Buffer.from(chunk);
      changed.writeUInt8(changed.readUInt8(at) ^ 0x10, at);
      done(null, changed);
    },
  });
}
