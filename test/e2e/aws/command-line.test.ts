import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../functions/environment.ts';
import { endOf, run, stateDirectory } from '../../support/command-line.ts';
import { checkEvidence } from '../../support/independent.ts';
import { expectSameServers } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { withPair } from './servers.ts';
import { PASSWORD, removeSynthesis } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const INSTANCES = 200;
const SHAPE = { studies: 4, instancesPerStudy: 50, bytes: 4096, seed: 35 };

test('GIVEN the real command line and the shipped bundles THEN a job is begun, followed, reported, and the stack looked over', async () => {
  await withPair(SHAPE, async ({ source, target, stack }) => {
    const copy = await stateDirectory();
    const command = (...args: string[]) => run([...args, '--stack', stack.stack], stack.services.env);
    try {
      const doctor = await command('doctor');
      expect(doctor.stdout).toMatch(/1\.10\.1[\s\S]*1\.13\.0/);
      expect(doctor.code).toBe(0);

      const smoke = await command('smoke', 'source', 'target');
      expect(smoke).toMatchObject({ code: 0 });
      expect(await (await fetch(`${target.url}studies`)).json()).toEqual([]);

      const moved = await command('replicate', 'source', 'target', '--json');
      const end = endOf(moved);
      expect(end).toMatchObject({ state: 'completed', exitCode: 0, scanned: INSTANCES });
      expect(end.counts).toMatchObject({ success: INSTANCES, sent: INSTANCES, failure: 0 });
      await expectSameServers(source, target, INSTANCES);

      // By links that the function has signed.
      const report = await command('report', end.job, '--output', join(copy.path, 'evidence'));
      expect(report).toMatchObject({ code: 0 });
      expect(await checkEvidence(join(copy.path, 'evidence'))).toMatchObject({
        problems: [],
        byCode: { STORED: INSTANCES },
      });
      const said = [doctor, smoke, moved, report].flatMap(({ stdout, stderr }) => [stdout, stderr]).join('\n');
      expect(said).not.toContain(PASSWORD);
      const told = () =>
        stack.services.bus.events.filter(
          ({ type, detail }) => type === EVENT_TYPES.completed && detail.job === end.job,
        );
      await until('its end is told', () => told().length > 0);
      expect(told()).toHaveLength(1);
    } finally {
      await copy.remove();
    }
  });
});
