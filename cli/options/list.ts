import { readFileSync } from 'node:fs';
import { UsageError } from '../../functions/core/errors.ts';
import { systemCode } from '../local/state-error.ts';

/**
 * Reads the values of a repeatable option: each is a value, values with commas between, or `@file` with one value a line.
 * Raises `UsageError`, whose text quotes no value: they may be patient data.
 */
export function parseList(option: string, texts: readonly string[]): readonly string[] {
  const values = texts.flatMap((text) => (text.startsWith('@') ? linesOf(option, text.slice(1)) : text.split(',')));
  const trimmed = [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
  // Nothing selected would mean everything.
  if (trimmed.length === 0) throw new UsageError(`${option} names nothing`);
  return trimmed;
}

/** A file may hold values with commas in them; lines that begin with # are comments. */
function linesOf(option: string, path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .filter((line) => !line.startsWith('#'));
  } catch (error) {
    throw new UsageError(`${option}: file ${path} cannot be read (${systemCode(error) ?? 'unknown error'})`);
  }
}
