import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import type { Stack } from './stack.ts';

/** Raises when a log of a function, or an event on the bus, holds one of these texts. */
export async function expectSilence(stack: Stack, texts: readonly string[]): Promise<void> {
  const names = (await readdir(stack.folder)).filter((name) => name.endsWith('.log') && name !== 'emulators.log');
  const logs = await Promise.all(names.map((name) => readFile(join(stack.folder, name), 'utf8')));
  const said = `${logs.join('\n')}\n${JSON.stringify(stack.services.bus.events)}`;
  expect(texts.filter((text) => said.includes(text))).toEqual([]);
}

/** Each function that ever failed, and how. */
export function functionErrors({ functions }: Stack): readonly string[] {
  return Object.values(functions).flatMap(({ name, statistics }) =>
    statistics.errors.map((error) => `${name}: ${error}`),
  );
}

/**
 * Errors that nothing but a mistake explains. An emulator that resets a connection again and again costs a supervision, which the next
 * tick of the clock makes up for; any other function would have told its queue instead.
 */
export function mistakes(stack: Stack): readonly string[] {
  return functionErrors(stack).filter(
    (error) => !/-supervise: .* cannot be used: TimeoutError: read ECONNRESET$/.test(error),
  );
}
