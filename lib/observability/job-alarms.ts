import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmEntry } from './alarm-entry.ts';
import { ownMetric, type Watched } from './watched.ts';

/** Jobs that stand still, by what the supervisor measures each minute. */
export function jobAlarms({ stack, limits }: Watched): readonly AlarmEntry[] {
  return [
    {
      name: 'no-progress',
      article: 'NO_PROGRESS',
      severity: 'high',
      summary: `A job that waits for no server has not begun, or has closed no chunk, for ${limits.noProgressMinutes} minutes`,
      metric: ownMetric(stack, 'MinutesWithoutProgress', Stats.MAXIMUM),
      threshold: limits.noProgressMinutes,
    },
    {
      name: 'gate-closed',
      article: 'GATE_CLOSED',
      severity: 'high',
      summary: `A server has taken no work for ${limits.gateClosedMinutes} minutes`,
      metric: ownMetric(stack, 'GateClosedMinutes', Stats.MAXIMUM),
      threshold: limits.gateClosedMinutes,
    },
  ];
}
