import { expect, test } from '@jest/globals';
import type { FileKey } from '../../../functions/core/ids.ts';
import { fileItem } from '../../../functions/core/ids.ts';
import { deadLetterBody, deadLetterMessage } from '../../../functions/core/messages.ts';
import { jobId } from '../../contract/samples.ts';

/** What SQS takes: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const ACCEPTED = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

test.each([
  ['characters that are none', '\ufffe and \uffff'],
  ['control characters', '\u0001\u001f\u007f\u0085'],
  ['half a character', '\ud800'],
  ['a character beyond the first plane', '\u{1f9b4}'],
  ['a backslash before one', '\\\uffff'],
])('the name of a file may have %s, and SQS takes its message', (_, name) => {
  const item = fileItem(`s3://bucket/${name}.dcm` as FileKey);
  const body = deadLetterBody(jobId(), 2, item, 'TARGET_REFUSED');
  expect(body).toMatch(ACCEPTED);
  expect(deadLetterMessage.parse(JSON.parse(body)).item).toBe(item);
});
