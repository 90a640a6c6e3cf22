/**
 * What EventBridge Scheduler accepts as an expression of time, checked as far as the deployment would otherwise fail.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

const FIELDS: readonly Field[] = [
  { name: 'minutes', from: 0, to: 59 },
  { name: 'hours', from: 0, to: 23 },
  { name: 'day of month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  { name: 'day of week', from: 1, to: 7, names: DAYS },
  { name: 'year', from: 1970, to: 2199 },
];
const DAY_OF_MONTH = 2;
const DAY_OF_WEEK = 4;

/** What is wrong with `cron(…)` or `rate(…)`; nothing when it is right. */
export function problemOfSchedule(expression: string): string | undefined {
  const [, kind, inner = ''] = /^(cron|rate)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return problemOfRate(inner);
  if (kind === 'cron') return problemOfCron(inner.trim().split(/\s+/));
  return 'is neither cron(…) nor rate(…); write for example "cron(0 22 * * ? *)", each night at ten, or "rate(1 day)"';
}

function problemOfRate(inner: string): string | undefined {
  const [, value] = /^([1-9]\d{0,4}) (?:minutes?|hours?|days?)$/.exec(inner) ?? [];
  return value === undefined
    ? 'has no rate; write a whole number and minutes, hours or days, for example "rate(12 hours)"'
    : undefined;
}

function problemOfCron(fields: readonly string[]): string | undefined {
  if (fields.length !== FIELDS.length)
    return `has ${fields.length} fields; write 6: minutes, hours, day of month, month, day of week, year`;
  for (const [index, field] of FIELDS.entries()) {
    const text = fields[index] ?? '';
    const isDay = index === DAY_OF_MONTH || index === DAY_OF_WEEK;
    if (isDay && text === '?') continue;
    if (!text.split(',').every((part) => isPart(part, field, isDay)))
      return `has "${text}" for ${field.name}; write ${field.from} to ${field.to}, a list, a range or "*"`;
  }
  if ((fields[DAY_OF_MONTH] === '?') === (fields[DAY_OF_WEEK] === '?'))
    return 'has "?" in both or none of its days; write it in exactly one of day of month and day of week';
  return undefined;
}

/** `*`, `5`, `1-5`, `MON-FRI`, `0/15`, and for days `L`, `15W`, `6#3`, `5L`. */
function isPart(part: string, field: Field, isDay: boolean): boolean {
  if (isDay && /^(L|LW|\d{1,2}W|\d#[1-5]|\dL)$/.test(part)) return true;
  const [, range = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
  if (step !== undefined && (Number(step) < 1 || Number(step) > field.to)) return false;
  if (range === '*') return true;
  const ends = range.split('-').map((text) => numberOf(text, field));
  const [first, last] = ends;
  if (first === undefined || ends.length > 2 || ends.includes(undefined)) return false;
  return last === undefined || first <= last;
}

function numberOf(text: string, { from, to, names = [] }: Field): number | undefined {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + from;
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : undefined;
}
