import { afterAll, beforeAll, expect, describe as group, test } from '@jest/globals';
import type { DicomFacts } from '../../../functions/core/content.ts';
import { type OrthancVersion, type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import {
  BIG_ENDIAN,
  described,
  EXPLICIT_SYNTAX,
  el,
  IMPLICIT,
  identity,
  part10,
  pixels,
} from '../../unit/dicom/data-sets.ts';
import { type Case, CHARSETS, PLAIN, tricky, UNCERTAIN, WITHOUT_CHARSET } from './cases.ts';

interface Answer {
  readonly ID: string;
  readonly ParentStudy: string;
}

async function post(server: RunningOrthanc, file: Buffer): Promise<Answer> {
  const answer = await fetch(`${server.url}instances`, { method: 'POST', body: new Uint8Array(file) });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Answer;
}

async function factsOf({ file }: Case, defaultEncoding: string): Promise<DicomFacts | undefined> {
  return (await described(file, { defaultEncoding })).dicom;
}

const sets: readonly [OrthancVersion, string][] = [
  ['1.10', 'Latin1'],
  ['1.13', 'Latin1'],
  ['1.10', 'Cyrillic'],
  ['1.13', 'Windows1251'],
  ['1.13', 'Ascii'],
];

group.each(sets)('Orthanc %s with DefaultEncoding %s', (version, defaultEncoding) => {
  let server: RunningOrthanc;
  beforeAll(async () => {
    server = await startOrthanc({ version, config: { DefaultEncoding: defaultEncoding } });
  });
  afterAll(() => server.stop());

  test.each([...PLAIN, ...CHARSETS, ...WITHOUT_CHARSET])('gives the IDs that were expected: $name', async (each) => {
    const { ID, ParentStudy } = await post(server, each.file);
    const facts = await factsOf(each, defaultEncoding);
    expect(facts).toMatchObject({ instance: ID, study: ParentStudy, uncertain: false });
  });

  test.each(UNCERTAIN)('may give others, which is told beforehand: $name', async (each) => {
    await post(server, each.file);
    expect(await factsOf(each, defaultEncoding)).toMatchObject({ uncertain: true });
  });
});

test.each(['1.10', '1.13'] as const)('Orthanc %s strips nothing but one NUL of an unknown VR', async (version) => {
  const server = await startOrthanc({ version });
  try {
    for (const spec of [
      { patientId: 'ab  ', vr: 'UN' },
      { patientId: 'ab \0', vr: 'UN' },
      { sopUid: '1.2.93\0\0', uidVr: 'UN' },
      { sopUid: '1.2.94 ', patientId: ' ab ', vr: 'UN', uidVr: 'UN' },
    ]) {
      const each = tricky('', spec);
      expect((await factsOf(each, 'Latin1'))?.instance).toBe((await post(server, each.file)).ID);
    }
  } finally {
    await server.stop();
  }
});

test('UTF-8 as DefaultEncoding', async () => {
  const server = await startOrthanc({ version: '1.13', config: { DefaultEncoding: 'Utf8' } });
  try {
    const file = tricky('', { patientId: Buffer.from('Zoë').toString('latin1') });
    expect((await factsOf(file, 'Utf8'))?.instance).toBe((await post(server, file.file)).ID);
    expect((await factsOf(file, 'Latin1'))?.instance).not.toBe((await post(server, file.file)).ID);
  } finally {
    await server.stop();
  }
});

test.each(['1.10', '1.13'] as const)(
  'Orthanc %s takes what is taken for DICOM without being a whole file',
  async (version) => {
    const server = await startOrthanc({ version, config: { OverwriteInstances: true } });
    const dataSet = Buffer.concat([identity(), pixels()]);
    try {
      for (const file of [
        dataSet,
        Buffer.concat([identity(IMPLICIT), pixels(IMPLICIT)]),
        Buffer.concat([identity(BIG_ENDIAN), pixels(BIG_ENDIAN)]),
        part10(dataSet),
        part10(dataSet, EXPLICIT_SYNTAX).subarray(132),
        part10(Buffer.concat([identity(), el(0x00100020, 'LO', 'OTHER'), pixels()]), EXPLICIT_SYNTAX),
      ]) {
        const { ID } = await post(server, file);
        expect((await described(file)).dicom?.instance).toBe(ID);
      }
    } finally {
      await server.stop();
    }
  },
);

test('without knowing the DefaultEncoding of the server, only what says its charset is certain', async () => {
  for (const { file } of WITHOUT_CHARSET) expect((await described(file)).dicom?.uncertain).toBe(true);
  for (const { file } of [...PLAIN, ...CHARSETS]) expect((await described(file)).dicom?.uncertain).toBe(false);
});
