import { describe, expect, test } from '@jest/globals';
import { attemptChunk } from '../../../functions/attempt/attempt.ts';
import type { Process } from '../../../functions/attempt/process.ts';
import { unlessOver, withinLimits } from '../../../functions/attempt/within-limits.ts';
import { TransferWorker } from '../../../functions/attempt/worker.ts';
import { encodePage } from '../../../functions/core/packing.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { checkpoint, instance, job, jobId, page } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const REF = { job: jobId(), round: 1, page: 0, chunk: 0 };
const ENTRIES = [1, 2].map((n) => ({ id: instance(n), study: instance(9), size: 1000 }));
/** Of an invocation; milliseconds. */
const TIME_MS = 300_000;

/** A chunk of two instances on a line that never brings the first one to its end; the second one takes a second, or as long. */
async function slowLine(endsAtDeadline: boolean, second: 'quick' | 'slow' = 'slow') {
  const { ports, clock } = memoryPorts();
  const { body, states } = encodePage([ENTRIES]);
  await ports.store.createJob(job({ state: 'running', round: 1 }));
  await ports.store.createCheckpoint(checkpoint());
  await ports.store.putPage(page({ chunks: states }));
  await ports.objects.write(page().object, body);
  const servers = { server: async () => ({ name: 'stub' }) } as unknown as Servers;
  const worker = new TransferWorker(ports, servers, { endsAtDeadline });
  const sent: string[] = [];
  const process: Process = async (attempt, entries, watch) => {
    const { over } = attempt;
    const sendOne = async (id: (typeof ENTRIES)[number]['id']) => {
      if (attempt.condemned.has(id)) return;
      await withinLimits(attempt, id, 1000, watch, async () => {
        sent.push(id);
        const quick = second === 'quick' && id === instance(2);
        await unlessOver(attempt, async () => {
          await clock.sleep(quick ? 1000 : 10 * TIME_MS, over);
          over?.throwIfAborted();
          attempt.hasStored = true;
        });
        return { kind: 'given-up' };
      });
    };
    if (watch) for (const { id } of entries) await sendOne(id as (typeof ENTRIES)[number]['id']);
    else await Promise.all(ENTRIES.map(({ id }) => sendOne(id)));
    return attempt.condemned.size > 0 ? [] : undefined;
  };
  /** What one invocation after the other makes of it. */
  const invoke = async () => {
    const end = clock.now() + TIME_MS;
    let outcome: unknown;
    const attempt = attemptChunk(worker, REF, { remainingMs: () => end - clock.now() }, process).then(
      () => (outcome = 'done'),
      (error: unknown) => (outcome = error),
    );
    await clock.advance(TIME_MS - 4000);
    const inTime = outcome;
    await clock.advance(20 * TIME_MS);
    await attempt;
    return { inTime, outcome, chunk: (await ports.store.page(jobId(), 1, 0))?.chunks[0] };
  };
  return { invoke, sent };
}

describe('GIVEN a process that is ended at its deadline, and a line that is too slow', () => {
  test('THEN what is on its way is given up a little before, and counts when it brought nothing', async () => {
    const { invoke } = await slowLine(true);
    const { inTime, chunk } = await invoke();
    expect(inTime).toMatchObject({ name: 'Postponed', code: 'OUT_OF_TIME' });
    expect(chunk).toMatchObject({ state: 'planned', started: 1, returned: 0 });
  });

  test('THEN an attempt that brought something has not died', async () => {
    const { invoke } = await slowLine(true, 'quick');
    expect((await invoke()).chunk).toMatchObject({ state: 'planned', started: 1, returned: 1 });
  });

  test('THEN an instance that takes more than all the time there is, alone on the line, is condemned', async () => {
    const { invoke, sent } = await slowLine(true);
    for (let times = 1; times <= 4; times += 1) await invoke();
    expect(sent).toHaveLength(8);
    // From now on one at a time.
    for (const times of [1, 2]) expect((await invoke()).chunk).toMatchObject({ suspect: { id: instance(1), times } });
    expect(sent.slice(8)).toEqual([instance(1), instance(1)]);
    expect((await invoke()).chunk).toMatchObject({ condemned: [instance(1)] });
  });
});

test('GIVEN a process that goes on as long as it likes THEN nothing is given up', async () => {
  const { invoke } = await slowLine(false);
  const { inTime, chunk } = await invoke();
  expect(inTime).toBeUndefined();
  expect(chunk).toMatchObject({ started: 1, returned: 1 });
});
