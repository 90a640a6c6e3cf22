import { UsageError } from '../../functions/core/errors.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a duration such as `30s`, `10m`, `1h30m` or `2d` into milliseconds. Raises `UsageError`. */
export function parseDuration(option: string, text: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)([smhd])/gi)];
  const length = parts.reduce((sum, [part]) => sum + part.length, 0);
  if (parts.length === 0 || length !== text.trim().length)
    throw new UsageError(`${option}: "${text}" is no duration; write it as 30s, 10m, 1h30m or 2d`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (UNITS[unit?.toLowerCase() ?? ''] ?? 0), 0);
}
