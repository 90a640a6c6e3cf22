import { expect, test } from '@jest/globals';
import type { FileKey, JobId } from '../../../functions/core/ids.ts';
import { fileItem } from '../../../functions/core/ids.ts';
import { failureId } from '../../../functions/evidence/failure-id.ts';

test('GIVEN a file that is called after a patient THEN the name of its failure, which SQS does not encrypt, does not tell', () => {
  const key = 's3://dumps/DOE^JOHN/1.dcm' as FileKey;
  const id = failureId('j' as JobId, 2, fileItem(key));
  expect(id).toMatch(/^j\/2\/[0-9a-f]{64}$/);
  expect(failureId('j' as JobId, 2, fileItem(key))).toBe(id);
  expect(failureId('j' as JobId, 2, fileItem(key, 0))).not.toBe(id);
  expect(failureId('j' as JobId, 3, fileItem(key))).not.toBe(id);
});
