import { describe, expect, it } from '@jest/globals';
import { closeGate, openGate } from '../../../functions/core/gates.ts';
import type { EndpointName, FileKey } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import type { FunctionFeeds } from '../../../functions/core/ports.ts';
import { tendFeeds } from '../../../functions/supervise/feeds.ts';
import { job, SOURCE, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const OTHER = 'http://other:8042/' as EndpointName;
const running = (over: Partial<Job> = {}) => job({ state: 'running', round: 1, ...over });
const importing = (target = TARGET) =>
  running({ kind: 'import', source: '/dump' as EndpointName, target, dump: { roots: ['/dump' as FileKey] } });

describe('the chunks of a queue', () => {
  it('are held back while the only job waits for its target, and let through once that is back', async () => {
    const { ports, fed } = memoryPorts();
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await tendFeeds(ports, [running()]);
    expect(Object.fromEntries(fed)).toEqual({ transfer: false });
    await openGate(ports, TARGET);
    await tendFeeds(ports, [running()]);
    expect(fed.get('transfer')).toBe(true);
  });

  it('are let through while another job can work', async () => {
    const { ports, fed } = memoryPorts();
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await tendFeeds(ports, [running(), running({ target: OTHER })]);
    expect(fed.get('transfer')).toBeUndefined();
  });

  it('are those of that queue alone: an import knows no source server', async () => {
    const { ports, fed } = memoryPorts();
    await closeGate(ports, SOURCE, 'UNREACHABLE', 'away');
    await tendFeeds(ports, [running(), importing()]);
    expect(Object.fromEntries(fed)).toEqual({ transfer: false });
  });

  it('are let through when no job is at work, or only one of a worker’s', async () => {
    const { ports, fed } = memoryPorts([OTHER]);
    await closeGate(ports, OTHER, 'UNREACHABLE', 'away');
    await tendFeeds(ports, [running({ target: OTHER }), job({ state: 'stopped' })]);
    expect(Object.fromEntries(fed)).toEqual({});
  });

  it('stay held back when somebody else has switched them off', async () => {
    const { ports, fed } = memoryPorts();
    await ports.feeds?.set('transfer', false);
    await tendFeeds(ports, [running()]);
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await tendFeeds(ports, [running()]);
    await openGate(ports, TARGET);
    await tendFeeds(ports, [running()]);
    expect(fed.get('transfer')).toBe(false);
  });

  it('are let through again although the answer to holding them back was lost', async () => {
    const { ports, fed } = memoryPorts();
    const set = ports.feeds?.set ?? (async () => 'unchanged' as const);
    let lost = 0;
    // The first call takes effect; what the SDK then tries again meets a mapping that is being changed.
    const feeds: FunctionFeeds = {
      set: async (queue, enabled) => {
        const answer = await set(queue, enabled);
        lost += 1;
        return lost === 1 ? 'busy' : answer;
      },
    };
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await tendFeeds({ ...ports, feeds }, [running()]);
    expect(fed.get('transfer')).toBe(false);
    await tendFeeds({ ...ports, feeds }, [running()]);
    await openGate(ports, TARGET);
    await tendFeeds({ ...ports, feeds }, [running()]);
    expect(fed.get('transfer')).toBe(true);
  });
});
