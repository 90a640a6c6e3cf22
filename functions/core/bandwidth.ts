import { UsageError } from './errors.ts';

/** One step of a timetable: from this minute of the day on, so many bytes per second (Infinity: unlimited). */
interface Step {
  readonly minute: number;
  readonly rate: number;
}

export type Timetable = readonly Step[];

const UNITS: Readonly<Record<string, number>> = { '': 1024, B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const EXAMPLE = 'give a rate such as 10M, or a timetable such as "08:00,512k 18:00,30M 23:00,off"';

function parseRate(text: string): number {
  if (text.toLowerCase() === 'off') return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d+)?)([bkmg]?)$/i.exec(text);
  const unit = UNITS[match?.[2]?.toUpperCase() ?? '?'];
  const rate = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!(rate > 0)) throw new UsageError(`--bwlimit: "${text}" is no rate; ${EXAMPLE}`);
  return rate;
}

/**
 * Reads a bandwidth limit in rclone's notation: a rate in bytes per second (suffix B, K, M, G by powers of 1024; without one:
 * KiB), `off`, or a timetable of local times. Raises UsageError.
 */
export function parseBandwidth(text: string): Timetable {
  const parts = text.trim().split(/\s+/);
  const [first] = parts;
  if (first === undefined || first === '') throw new UsageError(`--bwlimit is empty; ${EXAMPLE}`);
  if (parts.length === 1 && !first.includes(',')) return [{ minute: 0, rate: parseRate(first) }];
  const steps = parts.map((part): Step => {
    const match = /^([01]?\d|2[0-3]):([0-5]\d),(\S+)$/.exec(part);
    if (!match?.[3]) throw new UsageError(`--bwlimit: "${part}" is no step of a timetable; ${EXAMPLE}`);
    return { minute: Number(match[1]) * 60 + Number(match[2]), rate: parseRate(match[3]) };
  });
  return steps.sort((a, b) => a.minute - b.minute);
}

/** Bytes per second allowed at this moment, local time; before the day's first step, the last one of the day before holds. */
export function rateAt(timetable: Timetable, when: Date): number {
  const minute = when.getHours() * 60 + when.getMinutes();
  const step = timetable.findLast((candidate) => candidate.minute <= minute) ?? timetable.at(-1);
  return step?.rate ?? Number.POSITIVE_INFINITY;
}
