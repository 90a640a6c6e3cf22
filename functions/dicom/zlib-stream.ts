import type { Gunzip, Inflate } from 'node:zlib';
import { broken } from './content-error.ts';
import type { Pieces } from './pieces.ts';

type Engine = Gunzip | Inflate;

/**
 * What `engine` makes of the pieces. Asks for the next piece only when the one before was used, and reads on to their end when the
 * compressed stream has ended before: what is wrong with the layers around it shows only there.
 */
export async function* decompress(compressed: Pieces, engine: Engine): Pieces {
  const fed = feed(compressed, engine);
  // It is awaited below; until then nobody handles its rejection.
  fed.catch(() => undefined);
  try {
    yield* engine as AsyncIterable<Buffer>;
    await fed;
  } catch (error) {
    throw isZlibError(error) ? broken(error) : error;
  } finally {
    engine.destroy();
    await fed.catch(() => undefined);
  }
}

async function feed(compressed: Pieces, engine: Engine): Promise<void> {
  try {
    for await (const piece of compressed) {
      if (engine.readableEnded) continue;
      if (engine.destroyed) return;
      await write(engine, piece);
    }
    engine.end();
  } catch (error) {
    engine.destroy(error as Error);
    throw error;
  }
}

/** Ends when the engine has used the piece, or will use none any more: of a write that breaks it, it never calls back. */
function write(engine: Engine, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      engine.off('close', done);
      resolve();
    };
    engine.once('close', done);
    engine.write(piece, done);
  });
}

/** https://nodejs.org/api/zlib.html#zlib-constants: Z_DATA_ERROR, Z_BUF_ERROR, … */
function isZlibError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && String(error.code).startsWith('Z_');
}
