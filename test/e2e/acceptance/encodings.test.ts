/** Servers that read text without a character set differently give one file two Orthanc IDs. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type EndEvent, endOf, events, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { makeInstance, uid } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type OrthancOptions, type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSoundEvidence } from '../../support/proof.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const PLAIN = 30;
const STRANGE = 40;
const ALL = PLAIN + STRANGE;

interface Pair {
  readonly source: RunningOrthanc;
  readonly target: RunningOrthanc;
  readonly proxy: FaultProxy;
  readonly state: StateDirectory;
}

let pairs: Pair[] = [];

async function pair(from: OrthancOptions['version'], to: OrthancOptions['version']): Promise<Pair> {
  const [source, target, state] = await Promise.all([
    startOrthanc({ version: from, config: { DefaultEncoding: 'Latin1' } }),
    startOrthanc({ version: to, config: { DefaultEncoding: 'Cyrillic' } }),
    stateDirectory(),
  ]);
  await upload(source.url, images(0, ALL));
  return { source, target, state, proxy: await startFaultProxy(target.url) };
}

/** The last of a study's patients are named in bytes that mean something else in each encoding. */
function* images(first: number, end: number): Generator<Buffer> {
  for (let index = first; index < end; index += 1) {
    const strange = index >= PLAIN;
    const study = Math.floor(index / 10);
    yield makeInstance({
      patientId: strange ? Buffer.from(`P\xe4\xf6-${study}`, 'latin1') : `P-${study}`,
      studyUid: uid('encodings', study),
      seriesUid: uid('encodings', study, 1),
      sopUid: uid('encodings', study, 1, index),
      seed: index + 1,
    });
  }
}

beforeAll(async () => {
  pairs = await Promise.all([pair('1.10', '1.13'), pair('1.13', '1.10')]);
});

afterAll(async () => {
  for (const { source, target, proxy, state } of pairs)
    await Promise.all([proxy.stop(), source.stop(), target.stop(), state.remove()]);
});

function command(name: string, { source, proxy, state }: Pair) {
  return run([name, source.url, proxy.url, '--state-dir', state.path, '--json']);
}

/** Posts of the check whether the target can be written to hold no file. */
function filesPosted({ traffic }: FaultProxy): number {
  return [...traffic.posts.keys()].filter((sopInstanceUid) => sopInstanceUid !== '').length;
}

async function expectProven(end: EndEvent, { source, target }: Pair, plain: string): Promise<void> {
  expect(end).toMatchObject({ state: 'completed', exitCode: 1, scanned: ALL });
  const { rows, byCode } = await expectSoundEvidence(end);
  expect(byCode).toEqual({ [plain]: PLAIN, DIFFERENT_ORTHANC_ID: STRANGE });
  const [held, there] = await Promise.all([inventory(source), inventory(target)]);
  expect(there.size).toBe(ALL);
  for (const row of rows) {
    const id = String(row.targetInstance ?? row.instance);
    expect(held.get(String(row.instance))?.md5).toBe(row.md5Source);
    expect(there.get(id)?.md5).toBe(row.md5Source);
    expect(row.md5Target).toBe(row.md5Source);
    expect(row.targetInstance !== undefined).toBe(row.code === 'DIFFERENT_ORTHANC_ID');
  }
}

test.each([0, 1])(
  'GIVEN IDs that differ THEN it says so, proves them, and finds them again (pair %i)',
  async (index) => {
    const servers = pairs[index];
    if (!servers) throw new Error('no such pair');
    const { proxy } = servers;

    const first = await command('replicate', servers);
    expect(events(first.stdout)).toContainEqual(expect.objectContaining({ code: 'DIFFERENT_ENCODINGS' }));
    await expectProven(endOf(first), servers, 'STORED');
    expect(endOf(first).counts).toMatchObject({ sent: ALL, warning: STRANGE });

    proxy.resetTraffic();
    const second = endOf(await command('replicate', servers));
    await expectProven(second, servers, 'ALREADY_PRESENT');
    expect(second.counts).toMatchObject({ sent: 0, alreadyThere: PLAIN });
    expect(filesPosted(proxy)).toBe(0);

    const verified = endOf(await command('verify', servers));
    await expectProven(verified, servers, 'EQUAL');
  },
);
