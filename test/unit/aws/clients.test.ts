import { expect, test } from '@jest/globals';
import { objectsClient } from '../../../functions/aws/clients.ts';
import { hasOwnEndpoint } from '../../../functions/aws/own-endpoint.ts';

test.each([
  [{}, false, false],
  [{ AWS_ENDPOINT_URL: 'http://h' }, true, true],
  [{ AWS_ENDPOINT_URL_S3: 'http://h' }, true, false],
  [{ AWS_ENDPOINT_URL_SQS: 'http://h', AWS_ENDPOINT_URL: '' }, false, true],
  [{ AWS_ENDPOINT_URL: 'http://h', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, false, false],
])('%j', (environment, s3, sqs) => {
  expect([hasOwnEndpoint('S3', environment), hasOwnEndpoint('SQS', environment)]).toEqual([s3, sqs]);
  expect(objectsClient(environment).config.forcePathStyle).toBe(s3);
});
