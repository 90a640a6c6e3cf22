/** Numbers for people. */

/** `3,000`. The first call of `toLocaleString` would load tables for some ten milliseconds. */
export function count(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** What a job's outcomes are about. */
export type Unit = 'instance' | 'file' | 'image';

/** `1 instance`, `2 files`. */
export function items(n: number, unit: Unit): string {
  return `${count(n)} ${unit}${n === 1 ? '' : 's'}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Powers of 1000, three digits: `1.04 GB`. */
export function bytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `0.4 s`, `12.3 s`, `2m 10s`, `3h 05m`, `2d 4h`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(seconds < 9.995 ? 1 : 0)} s`;
  const whole = Math.round(seconds);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3600) % 24,
    Math.floor(whole / 60) % 60,
  ];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${String(minutes).padStart(2, '0')}m`;
  return `${minutes}m ${String(whole % 60).padStart(2, '0')}s`;
}

/** `345/s`, `0.4/s`. */
export function perSecond(n: number): string {
  return `${n >= 10 || n === 0 ? count(n) : n.toFixed(1)}/s`;
}

/** Local time of day: `14:03:12`; with the date when that is not today's. */
export function timeOfDay(ms: number, now: number): string {
  const date = new Date(ms);
  const pad = (n: number) => String(n).padStart(2, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':');
  return date.toDateString() === new Date(now).toDateString() ? time : `${dateOf(date)} ${time}`;
}

/** Local date and time: `2026-11-23 14:03:12`. */
export function dateTime(ms: number): string {
  return `${dateOf(new Date(ms))} ${timeOfDay(ms, ms)}`;
}

function dateOf(date: Date): string {
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}
