import type { WriteStream } from 'node:tty';
import type { LiveBlock } from '../progress/live-block.ts';

/** Where a command writes: results to standard output, everything else to standard error. */
export interface Console {
  out(line: string): void;
  err(line: string): void;
  /** Present when standard error is a terminal that can be drawn on. */
  readonly block: LiveBlock | undefined;
}

export async function processConsole(): Promise<Console> {
  // Whoever reads may go away before the end (`| head`): that must not end a job.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const { stderr } = process;
  const block = stderr.isTTY && process.env.TERM !== 'dumb' ? await liveBlock(stderr) : undefined;
  return {
    out: (line) => process.stdout.write(`${line}\n`),
    err: (line) => (block ? block.above(line) : stderr.write(`${line}\n`)),
    block,
  };
}

/** Loaded when it is needed: measuring the width of texts takes a while to get ready. */
async function liveBlock(terminal: WriteStream): Promise<LiveBlock> {
  const { LiveBlock } = await import('../progress/live-block.ts');
  return new LiveBlock(terminal);
}
