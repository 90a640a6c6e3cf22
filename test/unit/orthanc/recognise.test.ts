import { describe, expect, test } from '@jest/globals';
import { MAX_ERROR_BODY_BYTES, recogniseError } from '../../../functions/orthanc/recognise.ts';

const bytes = (body: unknown) => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
const description = { HttpStatus: 404, OrthancStatus: 17, OrthancError: 'Unknown resource' };

describe('recogniseError', () => {
  test('takes the description of an error as an answer of Orthanc, whatever the content type says', () => {
    for (const type of [undefined, 'text/plain', 'application/json']) {
      expect(recogniseError(404, type, bytes(description), false)).toEqual({
        status: 404,
        orthanc: true,
        orthancStatus: 17,
      });
    }
  });

  test.each([
    ['HTML', 'text/html', '<html>404 Not Found</html>'],
    ['JSON of somebody else', 'application/json', { message: 'no Route matched with those values' }],
    ['JSON that is no object', 'application/json', 'null'],
    ['a description without its error text', 'application/json', { HttpStatus: 404, OrthancStatus: 17 }],
    ['a description of another status', 'application/json', { ...description, HttpStatus: 500 }],
    ['cut JSON', 'application/json', JSON.stringify(description).slice(0, -2)],
    ['an endless body', 'text/plain', `${JSON.stringify(description)}${' '.repeat(MAX_ERROR_BODY_BYTES)}`],
  ])('takes %s for the answer of a gateway', (_, type, body) => {
    expect(recogniseError(404, type, bytes(body), true)).toEqual({ status: 404, orthanc: false });
  });

  test('takes an empty body as an answer of Orthanc only where errors come undescribed', () => {
    expect(recogniseError(404, undefined, bytes(''), false).orthanc).toBe(false);
    expect(recogniseError(404, undefined, bytes(''), true)).toEqual({ status: 404, orthanc: true });
  });

  test('never takes a bad gateway as an answer of Orthanc', () => {
    expect(recogniseError(502, undefined, bytes(''), true).orthanc).toBe(false);
    expect(recogniseError(504, undefined, bytes(''), true).orthanc).toBe(false);
  });

  test('takes an empty 405 as an answer of Orthanc, which describes none', () => {
    expect(recogniseError(405, undefined, bytes(''), false)).toEqual({ status: 405, orthanc: true });
  });
});
