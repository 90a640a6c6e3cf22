import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { gigabyteSeconds, requests } from './costs.ts';
import { concurrency, deadLetters, depths, queueAges } from './graphs.ts';
import { links } from './links.ts';
import { ownMetric, type Watched } from './watched.ts';

const WIDTH = 12;

/** `<stack>-migration`: how it goes, what waits, and what drives the costs. */
export function createDashboard(
  scope: Construct,
  watched: Watched,
  table: string,
  alarms: readonly Alarm[],
): Dashboard {
  const { stack } = watched;
  const own = (name: Parameters<typeof ownMetric>[1], label: string, statistic: string = Stats.SUM) =>
    ownMetric(stack, name, statistic).with({ label });
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `${stack}-migration`,
    widgets: [
      [new TextWidget({ markdown: links(watched), width: 2 * WIDTH, height: 4 })],
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 2 * WIDTH, height: 5 })],
      [
        graph('Throughput', [own('InstancesMoved', 'instances')], [own('BytesMoved', 'bytes')]),
        graph('Outcomes', [
          own('InstancesSucceeded', 'success'),
          own('InstancesWithWarnings', 'warning'),
          own('InstancesFailed', 'failure'),
          own('InstancesSkipped', 'skipped'),
        ]),
      ],
      [
        graph(
          'Jobs and servers',
          [own('JobsRunning', 'jobs running', Stats.MAXIMUM)],
          [
            own('GateClosedMinutes', 'minutes a server is away', Stats.MAXIMUM),
            own('MinutesWithoutProgress', 'minutes without progress', Stats.MAXIMUM),
          ],
        ),
        graph('Duration of a chunk, ms', [
          own('ChunkDuration', 'median', Stats.p(50)),
          own('ChunkDuration', '99 of 100', Stats.p(99)),
        ]),
      ],
      [graph('Messages waiting', depths(watched)), graph('Age of the oldest message, s', queueAges(watched))],
      [graph('Concurrency', concurrency(watched)), graph('Final failures and dead letters', deadLetters(watched))],
      [graph('Cost: Lambda, GB-seconds', gigabyteSeconds(watched)), graph('Cost: requests', requests(watched, table))],
    ],
  });
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: WIDTH, height: 6 });
}
