import { describe, expect, it } from '@jest/globals';
import { uploadsOf } from '../../../../functions/aws/dump/s3-event.ts';

function record(key: string, over: object = {}, eventName = 'ObjectCreated:Put') {
  const object = { key, size: 5, eTag: 'd41d8', sequencer: '0055', ...over };
  return { eventVersion: '2.3', eventSource: 'aws:s3', eventName, s3: { bucket: { name: 'dumps' }, object } };
}

const told = (...records: object[]) => uploadsOf({ Records: records });

describe('a notification of S3', () => {
  it('names files as they are called, whatever their names are made of', () => {
    const names = ['in/a+b%2Bc.dcm', 'in/100%25.dcm', 'in/%C3%84rger%3F.dcm', 'in/a%0Ab', 'in/%F0%9F%98%80'];
    expect(told(...names.map((name) => record(name)))).toEqual([
      's3://dumps/in/a b+c.dcm?etag=d41d8',
      's3://dumps/in/100%25.dcm?etag=d41d8',
      's3://dumps/in/Ärger%3F.dcm?etag=d41d8',
      's3://dumps/in/a%0Ab?etag=d41d8',
      's3://dumps/in/😀?etag=d41d8',
    ]);
  });

  it('names the version where the bucket has versions', () => {
    expect(told(record('a', { versionId: 'v1' }, 'ObjectCreated:CompleteMultipartUpload'))).toEqual([
      's3://dumps/a?versionId=v1',
    ]);
  });

  it('tells of uploads alone: nothing that was removed, no folder marker, no test', () => {
    expect(told(record('a', {}, 'ObjectRemoved:Delete'), record('folder/', { size: 0 }))).toEqual([]);
    expect(told(record('folder/'))).toEqual(['s3://dumps/folder/?etag=d41d8']);
    expect(uploadsOf({ Service: 'Amazon S3', Event: 's3:TestEvent', Time: '…', Bucket: 'dumps' })).toEqual([]);
  });

  it.each([[{}], [{ Records: [{}] }], ['text'], [null], [{ v: 1, type: 'chunk' }], [{ Records: [record('')] }]])(
    'is nothing else: %p',
    (body) => {
      expect(() => uploadsOf(body)).toThrow(expect.objectContaining({ code: 'MESSAGE_UNKNOWN' }));
    },
  );
});
