import { UsageError } from '../../functions/core/errors.ts';

const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 };

/** Reads a number of bytes such as `512M` or `2G` (powers of 1024). Raises `UsageError`. */
export function parseSize(option: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([BKMGT]?)(?:i?B)?$/i.exec(text.trim());
  const size = Math.floor(Number(match?.[1]) * (UNITS[match?.[2]?.toUpperCase() ?? '?'] ?? Number.NaN));
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new UsageError(`${option}: "${text}" is no size; write it as 256M or 2G`);
}

/** Reads a whole number from 1 on. Raises `UsageError`. */
export function parseCount(option: string, text: string, most: number): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= most) return count;
  throw new UsageError(`${option}: "${text}" is no whole number from 1 to ${most}`);
}
