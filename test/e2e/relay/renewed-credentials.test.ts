import { expect, test } from '@jest/globals';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { createServers } from '../../../functions/orthanc/servers.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { endpointOf, fill, instancesOf } from './copies.ts';

const [SOURCE, TARGET] = ['source', 'target'] as EndpointName[] as [EndpointName, EndpointName];

test.each(['1.10', '1.13'] as const)(
  'credentials of an Orthanc %s that are renewed in the midst of a job are used at once, by what is open too',
  async (version) => {
    const source = await startOrthanc({ version });
    const target = await startOrthanc({ version, users: { alice: 'new' } });
    const from = endpointOf(source.url);
    const as = (password: string) => ({ authorization: { kind: 'basic', username: 'alice', password } as const });
    let to = endpointOf(target.url, as('old'));
    const servers = createServers({ endpoint: async (name) => (name === SOURCE ? from : to) });
    try {
      const [copy] = await fill(source, [20_000]);
      if (!copy) throw new Error('nothing was stored');
      const relay = await servers.relay(SOURCE, TARGET);
      const server = await servers.server(TARGET, 'target');
      const refused = { side: 'target', answer: { status: 401 } };
      expect(await relay({ ...copy })).toMatchObject({ kind: 'answer', ...refused });
      await expect(server.statistics()).rejects.toMatchObject({ answer: { status: 401 }, retryClass: 'wait' });
      to = endpointOf(target.url, as('new'));
      expect(await relay({ ...copy })).toMatchObject({ kind: 'stored' });
      expect(await server.statistics()).toMatchObject({ instances: 1 });
      expect(await instancesOf(target)).toBe(1);
    } finally {
      await servers.close();
      await Promise.all([source.stop(), target.stop()]);
    }
  },
  60_000,
);
