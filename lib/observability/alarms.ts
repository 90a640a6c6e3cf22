import type { AlarmEntry } from './alarm-entry.ts';
import { functionAlarms } from './function-alarms.ts';
import { jobAlarms } from './job-alarms.ts';
import { queueAlarms } from './queue-alarms.ts';
import type { Watched } from './watched.ts';

/** Every alarm of a stack. */
export function alarmsOf(watched: Watched): readonly AlarmEntry[] {
  return [...queueAlarms(watched), ...functionAlarms(watched), ...jobAlarms(watched)];
}
