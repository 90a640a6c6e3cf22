import type { CommonTexts } from '../options/general.ts';
import type { Console } from '../output/console.ts';
import { connectStack, type Stack } from './client.ts';

/** Connects to a stack for as long as a command needs it. */
export async function withStack<T>(
  console: Console,
  name: string,
  { verbose }: CommonTexts,
  use: (stack: Stack) => Promise<T>,
): Promise<T> {
  const stack = await connectStack(name, (type, ms) => {
    if (verbose) console.err(`asked stack ${name}: ${type} (${Math.round(ms)} ms)`);
  });
  try {
    return await use(stack);
  } finally {
    stack.close();
  }
}
