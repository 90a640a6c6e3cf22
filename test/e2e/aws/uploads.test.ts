import { afterAll, expect, jest, test } from '@jest/globals';
import type { JobId } from '../../../functions/core/ids.ts';
import { inventory } from '../../support/independent.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { headerOnly, makeImage } from '../import/objects.ts';
import { md5 } from '../import/storage.ts';
import { expectSilence, mistakes } from './logs.ts';
import { PASSWORD, QUIET_MINUTES, removeSynthesis, type Stack, startStack } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const FIRST = 'uploads-000001' as JobId;
const SECOND = 'uploads-000002' as JobId;

/** Names that a key may have, and that get lost in careless hands. */
const NAMES = [
  'plain.dcm',
  'with space.dcm',
  'plus+sign.dcm',
  'plus+and space.dcm',
  'per%20cent.dcm',
  '100%.dcm',
  'Ünïcödé/größe.dcm',
  '日本語/画像.dcm',
  'q?x=1&y=2#z.dcm',
  "quote'(1)!*~.dcm",
  'deep/er/and/deeper.dcm',
];

/** Hours in which nobody uploads anything: in steps, between which the supervisor looks. */
async function quiet(stack: Stack, hours: number): Promise<void> {
  for (let passed = 0; passed < hours; passed += 0.5) {
    await stack.time.move(HOUR_MS / 2);
    await stack.control('tick', {});
  }
}

async function stored(url: string): Promise<string[]> {
  return [...(await inventory({ url })).values()].map((instance) => instance.md5 ?? '').sort();
}

const md5sOf = (files: readonly Buffer[]) => files.map(md5).sort();

test('GIVEN uploads with any name, copies before their images, and hours of quiet THEN all arrive, and the import ends when nothing comes any more', async () => {
  const target = await startOrthanc({ version: '1.13' });
  const stack = await startStack({ target: target.url });
  try {
    const { uploads } = stack;
    if (!uploads) throw new Error('the stack has no bucket for uploads');
    const images = NAMES.map((_, seed) => makeImage('CT', seed, { bytes: 3000 }));
    const late = makeImage('MR', 50, { bytes: 3000 });
    const next = makeImage('MR', 51, { bytes: 3000 });
    const put = (name: string, file: Buffer) => uploads.upload(`incoming/${name}`, file);

    await put('late, its header.dcm', headerOnly(late));
    for (const [index, name] of NAMES.entries()) await put(name, images[index] ?? late);
    await uploads.upload('elsewhere/other.dcm', next);
    await put('notes.txt', Buffer.from('no DICOM file'));
    await uploads.testEvent();
    // S3 tells at least once.
    await uploads.repeat('incoming/plus+sign.dcm');
    await until('the images have arrived', async () => (await stored(target.url)).length === images.length, 120);

    await quiet(stack, QUIET_MINUTES / 60 - 2);
    expect((await stack.status(FIRST)).job.state).toBe('running');
    expect(await stored(target.url)).toEqual(md5sOf(images));
    await put('late, complete.dcm', late);
    await until('the late image has arrived', async () => (await stored(target.url)).length > images.length, 120);
    await quiet(stack, QUIET_MINUTES / 60 + 1);
    const { job, counts } = await stack.untilEnded(FIRST, { hurryMs: 5 * MINUTE_MS });
    expect(job.state).toBe('completed');
    expect(await stored(target.url)).toEqual(md5sOf([...images, late]));
    expect(counts).toMatchObject({ success: images.length + 1, failure: 0, unsettled: 0, sent: images.length + 1 });
    const evidence = await stack.evidence(FIRST);
    expect(evidence).toMatchObject({
      problems: [],
      byCode: { STORED: images.length + 1, HEADER_ONLY_COPY: 1, NOT_DICOM: 1 },
      manifest: { counts },
    });
    const files = evidence.rows.map(({ file }) => String(file).replace(/\?etag=.*/, ''));
    for (const name of ['with space.dcm', 'plus+sign.dcm', '日本語/画像.dcm'])
      expect(files).toContain(`s3://${uploads.name}/incoming/${name}`);

    // What is uploaded afterwards is another import.
    await put('the next one.dcm', next);
    await until('it has arrived', async () => (await stored(target.url)).length === images.length + 2, 120);
    expect((await stack.status(SECOND)).job.state).toBe('running');
    expect(mistakes(stack)).toEqual([]);
    await stack.expectNoDeadLetters();
    await expectSilence(stack, ['plus+sign', 'größe', 'late, its', 'Generated^', PASSWORD]);
  } finally {
    await stack.remove();
    await target.stop();
  }
});

test('GIVEN many uploads, told in batches and twice THEN each is imported once', async () => {
  const target = await startOrthanc({ version: '1.10' });
  const stack = await startStack({ target: target.url });
  try {
    const { uploads } = stack;
    if (!uploads) throw new Error('the stack has no bucket for uploads');
    const images = Array.from({ length: 400 }, (_, seed) => makeImage('CT', 1000 + seed, { bytes: 2000 }));
    for (const [index, file] of images.entries()) {
      const key = `incoming/series ${index % 7}/${index}.dcm`;
      await uploads.upload(key, file);
      if (index % 5 === 0) await uploads.repeat(key);
    }
    await until('all have arrived', async () => (await stored(target.url)).length === images.length, 180);
    await quiet(stack, QUIET_MINUTES / 60 + 1);
    const { job, counts } = await stack.untilEnded(FIRST, { hurryMs: 5 * MINUTE_MS });
    expect(job.state).toBe('completed');
    expect(counts).toMatchObject({ success: images.length, warning: 0, failure: 0, skipped: 0, unsettled: 0 });
    expect(await stack.evidence(FIRST)).toMatchObject({ problems: [], byCode: { STORED: images.length } });
    expect(await stored(target.url)).toEqual(md5sOf(images));
    await stack.expectNoDeadLetters();
  } finally {
    await stack.remove();
    await target.stop();
  }
});
