import type { Command } from 'commander';
import { DEFAULT_INFLIGHT_BYTES, DEFAULT_TRANSFERS } from '../../functions/attempt/pool.ts';
import type { LimitChanges } from '../../functions/control/limits.ts';
import { parseBandwidth } from '../../functions/core/bandwidth.ts';
import { parseCount, parseSize } from './size.ts';

/** As commander gives them. */
export interface LimitTexts {
  readonly transfers?: string;
  readonly maxInflightBytes?: string;
  readonly bwlimit?: string;
}

const MOST_TRANSFERS = 1000;

export function addLimitOptions(command: Command): Command {
  return command
    .option('--transfers <n>', `parallel transfers at most (${DEFAULT_TRANSFERS}); fewer run while the target is slow`)
    .option('--max-inflight-bytes <size>', `bytes on the wire at most (${DEFAULT_INFLIGHT_BYTES / 1024 ** 2}M)`)
    .option('--bwlimit <rate>', 'bytes per second at most: 10M, off, or "08:00,512k 18:00,30M 23:00,off"');
}

/** Raises `UsageError`. */
export function parseLimits({ transfers, maxInflightBytes, bwlimit }: LimitTexts): LimitChanges {
  if (bwlimit !== undefined) parseBandwidth(bwlimit);
  return {
    ...(transfers !== undefined && { transfers: parseCount('--transfers', transfers, MOST_TRANSFERS) }),
    ...(maxInflightBytes !== undefined && { inflightBytes: parseSize('--max-inflight-bytes', maxInflightBytes) }),
    ...(bwlimit !== undefined && { bandwidth: bwlimit }),
  };
}
