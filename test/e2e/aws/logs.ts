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
