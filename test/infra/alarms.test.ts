import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { MetricName } from '../../functions/core/ports.ts';
import { METRIC_DIMENSION, METRIC_NAMES, METRIC_NAMESPACE } from '../../functions/environment.ts';
import { ROOT } from '../../lib/bundle.ts';
import { FULL, ofType, type Resource, referenceOf, resourcesOf } from './synthesised.ts';

const resources = resourcesOf(FULL);
const alarms = ofType(resources, 'AWS::CloudWatch::Alarm').map(([, alarm]) => alarm);
const text = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
/** The articles of the chapter about alarms, by the codes that are their headings. */
const chapter = /\n## When an alarm of a stack goes off\n([\s\S]*?)(?=\n## |$)/.exec(text)?.[1] ?? '';
const articles = new Map(
  chapter
    .split('\n### ')
    .slice(1)
    .map((article): [string, string] => [article.slice(0, article.indexOf('\n')), article]),
);

function articleOf({ Properties }: Resource): string {
  return (/docs\/operations\.md#(\w+)$/.exec(Properties.AlarmDescription)?.[1] ?? '').toUpperCase();
}

function named(end: string): Resource {
  const [alarm] = alarms.filter(({ Properties }) => Properties.AlarmName === `orthanc-migrate-${end}`);
  if (!alarm) throw new Error(`there is no alarm ${end}`);
  return alarm;
}

describe('articles', () => {
  test('each alarm links to one, and each article is linked to', () => {
    // That of the message about failed jobs, see failed-jobs.test.ts.
    const linked = [...alarms.map(articleOf), 'JOB_FAILED'];
    expect([...new Set(linked)].sort()).toEqual([...articles.keys()].sort());
  });

  test('each has a description, how to investigate and how to resolve', () => {
    for (const article of articles.values())
      for (const part of ['**Description.**', '**Investigation.**', '**Resolution.**']) expect(article).toContain(part);
  });

  test('each names its alarms', () => {
    for (const alarm of alarms) {
      const [kind] =
        /^orthanc-migrate-(?:dead-letters|age|errors|throttles|[a-z-]+)/.exec(alarm.Properties.AlarmName) ?? [];
      expect(articles.get(articleOf(alarm))).toContain(`\`<stack>${kind?.slice('orthanc-migrate'.length)}`);
    }
  });
});

test('each alarm has its name and severity, and tells the topic when it comes and goes', () => {
  const names = alarms.map(({ Properties }) => Properties.AlarmName);
  expect(new Set(names).size).toBe(names.length);
  for (const { Properties } of alarms) {
    expect(Properties.AlarmName).toMatch(/^orthanc-migrate-[a-z-]+$/);
    expect(Properties.AlarmDescription).toMatch(/Severity: (high|low)\. /);
    for (const [action] of [Properties.AlarmActions, Properties.OKActions])
      expect(resources[referenceOf(action)]?.Type).toBe('AWS::SNS::Topic');
  }
  const [[, subscription] = ['', undefined]] = ofType(resources, 'AWS::SNS::Subscription');
  expect(subscription?.Properties).toMatchObject({ Protocol: 'email', Endpoint: 'pacs-team@example.org' });
});

describe('what is watched', () => {
  const queuesOf = (metric: string) =>
    alarms
      .filter(({ Properties }) => Properties.MetricName === metric)
      .map(({ Properties }) => referenceOf(Properties.Dimensions[0].Value));

  test('every dead-letter queue, from the first message on', () => {
    const letters = ofType(resources, 'AWS::SQS::Queue').filter(([, { Properties }]) => !Properties.RedrivePolicy);
    expect(queuesOf('ApproximateNumberOfMessagesVisible').sort()).toEqual(letters.map(([id]) => id).sort());
    expect(named('failures-wait').Properties).toMatchObject({
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
    });
  });

  test('the age of the oldest message of every queue', () => {
    const worked = ofType(resources, 'AWS::SQS::Queue').filter(([, { Properties }]) => Properties.RedrivePolicy);
    const worker = JSON.stringify(named('worker-away').Properties.Metrics);
    expect(worker).toContain('ApproximateAgeOfOldestMessage');
    const [watched] = worked.filter(([, { Properties }]) => Properties.QueueName === 'orthanc-migrate-worker');
    expect(worker).toContain(watched?.[0]);
    expect([...queuesOf('ApproximateAgeOfOldestMessage'), watched?.[0]].sort()).toEqual(
      worked.map(([id]) => id).sort(),
    );
  });

  test('errors and throttles of every function, and whether the supervisor runs at all', () => {
    const functions = ofType(resources, 'AWS::Lambda::Function').map(([id]) => id);
    expect(queuesOf('Errors').sort()).toEqual(functions.sort());
    expect(queuesOf('Throttles').sort()).toEqual(functions.sort());
    expect(named('not-supervised').Properties).toMatchObject({
      MetricName: 'Invocations',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  test('progress and gates, by the functions’ own metrics', () => {
    const own = { Namespace: METRIC_NAMESPACE, Dimensions: [{ Name: METRIC_DIMENSION, Value: 'orthanc-migrate' }] };
    expect(named('no-progress').Properties).toMatchObject({
      ...own,
      MetricName: 'MinutesWithoutProgress',
      Threshold: 30,
    });
    expect(named('gate-closed').Properties).toMatchObject({ ...own, MetricName: 'GateClosedMinutes', Threshold: 15 });
  });
});

test('the names of the metrics are those of the port', () => {
  const ofContract: readonly MetricName[] = METRIC_NAMES;
  // Each name of the port must be a key here: the compiler sees to it.
  const ofPort: Record<MetricName, true> = {
    InstancesMoved: true,
    BytesMoved: true,
    InstancesSucceeded: true,
    InstancesWithWarnings: true,
    InstancesFailed: true,
    InstancesSkipped: true,
    ChunkDuration: true,
    JobsRunning: true,
    GateClosedMinutes: true,
    MinutesWithoutProgress: true,
  };
  expect([...ofContract].sort()).toEqual(Object.keys(ofPort).sort());
});

test('the dashboard shows every metric, and links to logs, queues and redrives', () => {
  const [[, dashboard] = ['', undefined]] = ofType(resources, 'AWS::CloudWatch::Dashboard');
  const body = JSON.stringify(dashboard?.Properties.DashboardBody);
  for (const name of METRIC_NAMES) expect(body).toContain(name);
  for (const name of ['Duration', 'ConcurrentExecutions', 'NumberOfMessagesSent', 'ConsumedWriteCapacityUnits'])
    expect(body).toContain(name);
  expect(body).toContain('$252Faws$252Flambda$252Forthanc-migrate-transfer');
  expect(body).toMatch(/sqs\/v3\/home[^)]*#\/queues\/https%3A%2F%2Fsqs\./);
  expect(body).toContain('Start DLQ redrive');
});
