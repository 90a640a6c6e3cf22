import { UsageError } from '../../functions/core/errors.ts';
import type { Selection } from '../../functions/core/job.ts';

type DateRange = NonNullable<Selection['studyDate']>;

const FORM = 'write it as 20240101-20241231, 20240101-, -20241231 or 20240101';

/** Reads a range of DICOM dates; a single date is that day, and either side may be missing. Raises `UsageError`. */
export function parseDateRange(option: string, text: string): DateRange {
  const match = /^(\d{8}|\d{4}-\d\d-\d\d)?(-)?(\d{8}|\d{4}-\d\d-\d\d)?$/.exec(text.trim());
  if (!match) throw invalid(option, text);
  const from = dicomDate(option, match[1]);
  const to = match[2] === undefined ? from : dicomDate(option, match[3]);
  if (from === undefined && to === undefined) throw invalid(option, text);
  if (from !== undefined && to !== undefined && from > to)
    throw new UsageError(`${option}: ${from} is later than ${to}; ${FORM}`);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function dicomDate(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const date = text.replaceAll('-', '');
  const [year, month, day] = [date.slice(0, 4), date.slice(4, 6), date.slice(6)].map(Number);
  const parsed = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  if (parsed.getUTCMonth() + 1 === month && parsed.getUTCDate() === day) return date;
  throw new UsageError(`${option}: there is no date ${text}; ${FORM}`);
}

function invalid(option: string, text: string): UsageError {
  return new UsageError(`${option}: "${text}" is no range of dates; ${FORM}`);
}
