import { expect, describe as group, test } from '@jest/globals';
import { describe } from '../../../functions/dicom/describe.ts';
import { orthancIds } from '../../support/dicom.ts';
import { headOf } from './data-sets.ts';
import { slide } from './slide.ts';

const IDS = orthancIds({ patientId: 'PATIENT', studyUid: '1.2.3', seriesUid: '1.2.3.1', sopUid: '1.2.3.4' });
group.each([1, 12, 900, 20_000])('a whole slide image of %d frames with an Extended Offset Table', (frames) => {
  const { header, full } = slide(frames);

  test.each([
    ['has its pixels', full, 'present'],
    ['misses them in its header-only copy', header, 'missing'],
  ])('%s', async (_, file, pixels) => {
    for (const size of [file.length, undefined]) {
      const { kind, dicom } = await describe(headOf(file), size, { keys: new Map() });
      expect(kind).toBe('dicom');
      expect(dicom).toMatchObject({ instance: IDS.instance, study: IDS.study, uncertain: false, pixels });
    }
  });

  test('is not read further than its tables', async () => {
    const head = headOf(full);
    await describe(head, full.length, { keys: new Map() });
    expect(head.most).toBeLessThanOrEqual(Math.max(16_384, 2 * header.length));
  });

  test('that was cut within its tables is not known to miss them', async () => {
    for (const cut of [30, 20 + 8 * frames]) {
      const file = header.subarray(0, -cut);
      const { dicom } = await describe(headOf(file), file.length, { keys: new Map() });
      expect(dicom).toMatchObject({ instance: IDS.instance, pixels: 'unknown' });
    }
  });
});
