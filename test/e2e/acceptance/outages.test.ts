import { afterAll, beforeAll, jest, test } from '@jest/globals';
import { ANSWERS } from '../../support/answers.ts';
import type { RunningOrthanc } from '../../support/orthanc.ts';
import type { OrthancVersion } from '../../support/orthanc-binaries.ts';
import { canMount, smallDisk } from '../../support/small-disk.ts';
import {
  endure,
  expectPatience,
  faulty,
  filled,
  type Observed,
  POSTS,
  stopped,
  withSource,
  withTarget,
} from './outages.ts';

jest.setTimeout(300_000);

const BUT_SYSTEM = { path: /^\/(?!system$)/ };
const NOT_ORTHANC = /blocked: NOT_ORTHANC since .*\n.*not an answer of Orthanc/;
/** The files of the archive are 6 MB. */
const DISK_BYTES = 48 * 1024 * 1024;

type Scenario = (source: RunningOrthanc) => Promise<Observed>;

const gateway = (...outage: Parameters<typeof faulty>): Scenario => {
  return (source) => withTarget('1.13', (target) => endure(source, target, faulty(...outage)));
};

const fullDisk = (version: OrthancVersion): Scenario => {
  return async (source) => {
    const disk = await smallDisk(DISK_BYTES);
    try {
      return await withTarget(version, (target) => endure(source, target, filled(disk)), disk.path);
    } finally {
      await disk.remove();
    }
  };
};

/** Those that leave the source alone share one. */
const SHARING: Readonly<Record<string, Scenario>> = {
  '503 to everything': gateway({ kind: 'answer', answer: ANSWERS.unavailable }, NOT_ORTHANC),
  '502 with HTML to everything': gateway({ kind: 'answer', answer: ANSWERS.badGateway }, NOT_ORTHANC),
  '413 with HTML to what is posted': gateway(
    { ...POSTS, kind: 'answer', answer: ANSWERS.gatewayTooLarge },
    NOT_ORTHANC,
  ),
  '507 to what is posted': gateway({ ...POSTS, kind: 'answer', answer: ANSWERS.full }, /blocked: FULL since/),
  '401 to everything': gateway({ kind: 'answer', answer: ANSWERS.unauthorized }, /blocked: UNAUTHORIZED since/),
  'a database that is away': gateway({ ...BUT_SYSTEM, kind: 'answer', answer: ANSWERS.busy }, /blocked: FAILING since/),
  'a stopped target': (source) => withTarget('1.13', (target) => endure(source, target, stopped('target', 'SIGTERM'))),
  ...(canMount && {
    'a full disk of Orthanc 1.10': fullDisk('1.10'),
    'a full disk of Orthanc 1.13': fullDisk('1.13'),
  }),
};
const SOURCE_KILLED = 'a killed source';

const observed = new Map<string, Promise<Observed>>();

/** All at once: an outage is mostly waiting. */
beforeAll(async () => {
  observed.set(
    SOURCE_KILLED,
    withSource('1.13', (source) =>
      withTarget('1.10', (target) => endure(source, target, stopped('source', 'SIGKILL'))),
    ),
  );
  await new Promise<void>((resolve, reject) => {
    withSource('1.10', async (source) => {
      for (const [name, scenario] of Object.entries(SHARING)) observed.set(name, scenario(source));
      resolve();
      await Promise.allSettled(observed.values());
    }).catch(reject);
  });
});

afterAll(() => Promise.allSettled(observed.values()));

test.each([...Object.keys(SHARING), SOURCE_KILLED])(
  'GIVEN %s THEN the job waits, says so and completes by itself',
  async (name) => {
    expectPatience(await (observed.get(name) as Promise<Observed>));
  },
);
