import { expect, test } from '@jest/globals';
import type { EndpointName, OrthancId } from '../../../functions/core/ids.ts';
import { candidateStudies } from '../../../functions/enumerate/selection.ts';
import type { OrthancServer } from '../../../functions/orthanc/server.ts';

const ID = '27f7126f-4f66fb14-03f4081b-f9341db2-53925988' as OrthancId;
/** A server without studies: no real one is needed to be told that it has none. */
const empty = {
  name: 'old' as EndpointName,
  study: async () => undefined,
  lookup: async () => [],
} as unknown as OrthancServer;

test('GIVEN a study that the source does not have THEN it is named by its Orthanc ID', async () => {
  await expect(candidateStudies(empty, { studies: [ID] })).rejects.toMatchObject({
    code: 'STUDY_NOT_FOUND',
    message: expect.stringContaining(`source old has no study ${ID}; `),
  });
});

test('GIVEN anything else in its place THEN it is not quoted: it may identify a patient, and the text is logged', async () => {
  const refused = candidateStudies(empty, { studies: ['DOE^JOHN'] });
  await expect(refused).rejects.toThrow(/has no study like value 1 of --study/);
  await expect(refused).rejects.not.toThrow(/DOE/);
});
