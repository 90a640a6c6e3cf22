import { describe, expect, it } from '@jest/globals';
import { enumerateQueue, placeOf, sendChunks, WORKER_LEASE } from '../../../functions/core/queues.ts';
import { chunk, job, SOURCE } from '../../contract/samples.ts';
import { bodies, memoryPorts } from '../../support/memory-ports.ts';

const SMALL = { body: '"small"', chunk: chunk({ bytes: 1000 }) };
const LARGE = { body: '"large"', chunk: chunk({ instances: 1, bytes: 1001 }) };

describe('the chunks of a job', () => {
  it('go to the functions, even large ones, while no worker is there', async () => {
    const { ports, queues } = memoryPorts();
    await sendChunks(ports, job(), [SMALL, LARGE]);
    expect([bodies(queues.transfer), bodies(queues.worker)]).toEqual([['small', 'large'], []]);
  });

  it('go to a worker that is there when they are too large for a function', async () => {
    const { ports, queues, clock } = memoryPorts();
    await ports.store.takeLease(WORKER_LEASE, 'me', clock.now(), 1000);
    await sendChunks(ports, job(), [SMALL, LARGE]);
    expect([bodies(queues.transfer), bodies(queues.worker)]).toEqual([['small'], ['large']]);
    await clock.advance(1001);
    await sendChunks(ports, job({ kind: 'import' }), [LARGE]);
    expect(bodies(queues.import)).toEqual(['large']);
  });

  it('all go to a worker, there or not, when only that reaches a server', async () => {
    const { ports, queues } = memoryPorts([SOURCE]);
    await sendChunks(ports, job(), [SMALL, LARGE]);
    expect([bodies(queues.transfer), bodies(queues.worker)]).toEqual([[], ['small', 'large']]);
    expect(placeOf(ports, job())).toBe('worker');
    expect(enumerateQueue(ports, job()).name).toBe('worker');
    // The source of an import is no server.
    expect(placeOf(ports, job({ kind: 'import' }))).toBe('functions');
    expect(enumerateQueue(ports, job({ kind: 'import' })).name).toBe('enumerate');
  });

  it('go where they always went on one machine', async () => {
    const { ports, queues } = memoryPorts();
    const { lane: _, ...local } = ports;
    await sendChunks(local, job(), [SMALL, LARGE]);
    expect(bodies(queues.transfer)).toEqual(['small', 'large']);
    expect(enumerateQueue(local, job()).name).toBe('enumerate');
  });
});
