import { afterEach, expect, jest, test } from '@jest/globals';
import { createMetrics } from '../../../functions/aws/metrics.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../../../functions/environment.ts';

/** Powertools writes past `console`. */
function written(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  });
  return lines;
}
afterEach(() => {
  jest.restoreAllMocks();
});

test('what was added is written at the end of an invocation, once', () => {
  const lines = written();
  const metrics = createMetrics('pacs-move');
  metrics.add('ChunkDuration', 100);
  metrics.add('ChunkDuration', 250);
  metrics.add('BytesMoved', 5);
  expect(lines).toEqual([]);
  metrics.flush();
  metrics.flush();
  expect(lines).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          {
            Namespace: METRIC_NAMESPACE,
            Dimensions: [[METRIC_DIMENSION]],
            Metrics: [
              { Name: 'ChunkDuration', Unit: 'Milliseconds' },
              { Name: 'BytesMoved', Unit: 'Bytes' },
            ],
          },
        ],
      },
      Stack: 'pacs-move',
      ChunkDuration: [100, 250],
      BytesMoved: 5,
    },
  ]);
});

test('later invocations have the same dimension', () => {
  const lines = written();
  const metrics = createMetrics('pacs-move');
  for (const jobs of [1, 0]) {
    metrics.add('JobsRunning', jobs);
    metrics.flush();
  }
  expect(lines).toMatchObject([
    { Stack: 'pacs-move', JobsRunning: 1, _aws: { CloudWatchMetrics: [{ Dimensions: [['Stack']] }] } },
    { Stack: 'pacs-move', JobsRunning: 0, _aws: { CloudWatchMetrics: [{ Dimensions: [['Stack']] }] } },
  ]);
});
