/** The target is away in the middle of an import: it waits, says so, and completes by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ANSWERS } from '../../support/answers.ts';
import { archive } from '../../support/archive.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { held } from '../../support/held.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { type Import, importing } from './importing.ts';
import { headerOnly } from './objects.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(300_000);

const IMAGES = 300;
const BYTES = 20_000;
/** For 24 s, so that there is a middle. */
const BANDWIDTH = '256k';
const BEGUN = 40;
const SECONDS = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 60 : 15;

let folder: Folder;
let wanted: string[];

beforeAll(async () => {
  folder = await makeFolder();
  wanted = [];
  let number = 0;
  for (const image of archive({ studies: 6, instancesPerStudy: IMAGES / 6, bytes: BYTES })) {
    await folder.store(number++ % 2 === 0 ? image : compressedAttachment(image));
    await folder.store(headerOnly(image));
    wanted.push(md5(image));
  }
});

afterAll(() => folder.remove());

interface Scene {
  readonly target: RunningOrthanc;
  readonly proxy: FaultProxy;
}

interface Outage {
  readonly says: RegExp;
  begin(scene: Scene): Promise<unknown>;
  end(scene: Scene): Promise<unknown>;
}

const POSTS = { method: 'POST', path: '/instances' };

const OUTAGES: Readonly<Record<string, Outage>> = {
  'a stopped target': {
    says: /blocked: UNREACHABLE since .*\n.*(ECONNREFUSED|reset|closed)/,
    async begin({ target }) {
      process.kill(target.pid, 'SIGTERM');
      // It still serves who is connected; service managers lose their patience, too.
      await until('the server has ended', () => !target.running(), 5).catch(() => target.kill());
    },
    end: ({ target }) => target.restart(),
  },
  'a target killed while it stores': {
    says: /blocked: UNREACHABLE since /,
    begin: ({ target }) => target.kill(),
    end: ({ target }) => target.restart(),
  },
  'a gateway without a server': {
    says: /blocked: NOT_ORTHANC since /,
    begin: ({ proxy }) => proxy.fault({ kind: 'answer', answer: ANSWERS.badGateway }),
    end: ({ proxy }) => proxy.clear(),
  },
  'a full target': {
    says: /blocked: FULL since /,
    begin: ({ proxy }) => proxy.fault({ ...POSTS, kind: 'answer', answer: ANSWERS.full }),
    end: ({ proxy }) => proxy.clear(),
  },
};

async function endure(outage: Outage) {
  const target = await startOrthanc({ version: '1.13' });
  const proxy = await startFaultProxy(target.url);
  const scene = { target, proxy };
  let job: Import | undefined;
  try {
    job = await importing(folder.path, proxy.url);
    const middle = Promise.withResolvers<unknown>();
    // From within the traffic: on a busy machine whoever only watches it may come too late.
    const begin = () => outage.begin(scene).then(middle.resolve, middle.reject);
    await proxy.fault({ ...POSTS, skip: BEGUN, times: 1, kind: 'run', when: 'before', run: begin });
    const running = job.start('--bwlimit', BANDWIDTH);
    const tooSoon = running.ended.then(({ stdout, stderr }) => Promise.reject(new Error(`${stdout}\n${stderr}`)));
    tooSoon.catch(() => undefined);
    await Promise.race([middle.promise, tooSoon]);
    const begun = Date.now();
    await job.untilStatus(outage.says);
    await sleep(Math.max(0, begun + SECONDS * 1000 - Date.now()));
    await outage.end(scene);
    const arrived = await held(target);
    const imported = await job.imported(await running.ended);
    return { imported, arrived, stored: await inventory(target), deadLetters: job.deadLetters() };
  } finally {
    await proxy.stop();
    await job?.remove();
    await target.stop();
  }
}

describe('an import whose target is away', () => {
  const observed = new Map<string, ReturnType<typeof endure>>();

  /** All at once: an outage is mostly waiting. */
  beforeAll(() => {
    for (const [name, outage] of Object.entries(OUTAGES)) {
      const result = endure(outage);
      result.catch(() => undefined);
      observed.set(name, result);
    }
  });

  afterAll(() => Promise.allSettled(observed.values()));

  test.each(Object.keys(OUTAGES))('GIVEN %s THEN it waits, says so and completes by itself', async (name) => {
    const { imported, arrived, stored, deadLetters } = await (observed.get(name) as ReturnType<typeof endure>);
    expect(arrived).toBeLessThan(IMAGES);
    const { STORED = 0, ALREADY_PRESENT = 0, ...others } = imported.byCode;
    expect(STORED + ALREADY_PRESENT).toBe(IMAGES);
    expect(others).toEqual({ HEADER_ONLY_COPY: IMAGES });
    expect(imported.end).toMatchObject({ state: 'completed', exitCode: 0 });
    expect([...stored.values()].map((instance) => instance.md5).sort()).toEqual([...wanted].sort());
    expect(deadLetters).toEqual([]);
    // What arrived unseen in the outage was found there afterwards, without an attempt; everything else took one.
    const sent = imported.rows.filter(({ outcome }) => outcome === 'success');
    const spent = new Set(sent.map(({ code, attempts }) => `${code} ${attempts}`));
    expect([...spent].filter((one) => one !== 'STORED 1' && one !== 'ALREADY_PRESENT 0')).toEqual([]);
  });
});
