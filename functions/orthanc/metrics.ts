/**
 * When each metric of `/tools/metrics-prometheus` last changed: lines of `name value milliseconds`. Comments, labels and lines
 * without a time are passed over.
 */
export function metricTimes(text: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, time] = /^(\w+) \S+ (\d{12,14})\s*$/.exec(line) ?? [];
    if (name !== undefined && time !== undefined) times.set(name, Number(time));
  }
  return times;
}
