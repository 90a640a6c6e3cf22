import { MetricUnit, Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import type { MetricName, Metrics } from '../core/ports.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../environment.ts';

/** CloudWatch has no unit for minutes. */
const UNITS: Readonly<Record<MetricName, (typeof MetricUnit)[keyof typeof MetricUnit]>> = {
  InstancesMoved: MetricUnit.Count,
  BytesMoved: MetricUnit.Bytes,
  InstancesSucceeded: MetricUnit.Count,
  InstancesWithWarnings: MetricUnit.Count,
  InstancesFailed: MetricUnit.Count,
  InstancesSkipped: MetricUnit.Count,
  ChunkDuration: MetricUnit.Milliseconds,
  JobsRunning: MetricUnit.Count,
  GateClosedMinutes: MetricUnit.NoUnit,
  MinutesWithoutProgress: MetricUnit.NoUnit,
};

export interface LambdaMetrics extends Metrics {
  /** Writes what was added as a line of the log, of which CloudWatch makes metrics (embedded metric format). */
  flush(): void;
}

export function createMetrics(stack: string): LambdaMetrics {
  const metrics = new Powertools({ namespace: METRIC_NAMESPACE });
  // Powertools adds one called `service`: with it, none of the stack's alarms would find its metric.
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ [METRIC_DIMENSION]: stack });
  return {
    add: (name, value) => metrics.addMetric(name, UNITS[name], value),
    flush() {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
