import * as format from '../output/format.ts';
import type { Blocked } from './blocked.ts';
import type { Snapshot } from './meter.ts';

/** One line for a log or a pipe; two when there is much to say. */
export function plainLines(shown: Snapshot): string[] {
  const first = [`${shown.phase}: ${amount(shown)}`, size(shown), ...rates(shown), ...eta(shown)].filter(
    (part) => part !== '',
  );
  const one = [...first, ...remarks(shown)].join(', ');
  return one.length <= 100 ? [one] : [first.join(', '), `  ${remarks(shown).join(', ')}`];
}

/** Since when a server takes no work, and when it is tried next. */
export function blockedLine({ code, since, nextTryAt }: Blocked, now: number): string {
  const seconds = Math.max(0, Math.ceil(((nextTryAt ?? now) - now) / 1000));
  const next = nextTryAt === undefined ? 'trying now' : `next try in ${seconds} s`;
  return `blocked: ${code} since ${format.timeOfDay(since, now)} (${next})`;
}

/** What it answered. */
export function blockedReason({ side, endpoint, message }: Blocked): string {
  // Most messages begin with the side and the name of the endpoint themselves.
  return message.startsWith(side) ? message : `${side} ${endpoint}: ${message}`;
}

/** A few lines that are drawn over again on a terminal of this width. */
export function blockLines(shown: Snapshot, columns: number, now: number): string[] {
  const width = Math.min(columns, 100);
  const title = shown.phase.padEnd(16);
  const indent = ' '.repeat(title.length + 1);
  const total = shown.instances.total;
  const share = total > 0 ? Math.min(1, shown.instances.done / total) : 0;
  const percent = shown.atLeast || total === 0 ? '' : ` ${Math.floor(share * 100)} %`;
  if (total === 0)
    return [shown.phase, ...shown.blocked.flatMap((one) => [blockedLine(one, now), `  ${blockedReason(one)}`])];
  const right = [amount(shown), ...eta(shown)].join('   ');
  const room = width - title.length - percent.length - right.length - 4;
  const bar = room >= 10 ? `${drawBar(share, Math.min(room, 30))}${percent}   ` : '';
  const { running = 0, limit = 0 } = shown.transfers ?? {};
  const transfers = running > 0 ? [`${running} of ${limit} transfers`] : [];
  return [
    `${title} ${bar}${right}`,
    indent + [size(shown), ...rates(shown), ...transfers].filter((part) => part !== '').join('   '),
    ...(remarks(shown).length > 0 ? [indent + remarks(shown).join('   ')] : []),
    ...shown.blocked.flatMap((one) => [blockedLine(one, now), `  ${blockedReason(one)}`]),
  ].map((line) => (line.length > columns - 1 ? `${line.slice(0, columns - 2)}…` : line));
}

function amount({ instances: { done, total }, atLeast, unit }: Snapshot): string {
  if (total === 0) return `no ${unit}s yet`;
  return `${format.count(done)} of ${atLeast ? 'at least ' : ''}${format.items(total, unit)}`;
}

function size({ bytes: { done, total }, atLeast }: Snapshot): string {
  if (total === 0) return '';
  // What is planned is an estimate: it may fall short of what came.
  return atLeast || done >= total ? format.bytes(done) : `${format.bytes(done)} of ${format.bytes(total)}`;
}

function rates({ instances, bytes, phase }: Snapshot): string[] {
  if (phase === 'writing evidence') return [];
  const wire = bytes.perSecond > 0 ? [`${format.bytes(bytes.perSecond)}/s`] : [];
  return instances.perSecond > 0 ? [format.perSecond(instances.perSecond), ...wire] : wire;
}

function remarks({ alreadyThere, failed, warned, again }: Snapshot): string[] {
  return [
    ...(alreadyThere > 0 ? [`${format.count(alreadyThere)} already there`] : []),
    ...(failed > 0 ? [`${format.count(failed)} failed`] : []),
    ...(warned > 0 ? [`${format.count(warned)} with a warning`] : []),
    ...(again > 0 ? [`${format.count(again)} to be tried again`] : []),
  ];
}

function eta({ etaMs }: Snapshot): string[] {
  return etaMs === undefined ? [] : [`ETA ${format.duration(etaMs)}`];
}

function drawBar(share: number, width: number): string {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}
