import { describe, expect, test } from '@jest/globals';
import { AnswerParser } from '../../../functions/orthanc/relay/parser.ts';
import { parsed } from './parsing.ts';

const text = (body: string) => ({ events: 'head end', body });

describe('an answer, whole and cut in two at every byte', () => {
  test.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', text('hello')],
    ['without a body', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', text('')],
    ['204', 'HTTP/1.1 204 No Content\r\n\r\n', text('')],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n', text('')],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n',
      text('hello'),
    ],
    [
      'in chunks with extensions and trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n00a;x="y"\r\n0123456789\r\n0 ;z\r\nTrailer: a\r\nB: c\r\n\r\n',
      text('0123456789'),
    ],
    ['to the end', 'HTTP/1.0 200 OK\r\n\r\nhello', text('hello')],
    [
      'after interim answers',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 P\r\nX: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      text('ok'),
    ],
    ['without a reason', 'HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx', text('x')],
    ['cut within the body', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell', { events: 'head cut', body: 'hell' }],
    [
      'cut within a chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell',
      { events: 'head cut', body: 'hell' },
    ],
    [
      'cut before the last chunk',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n',
      { events: 'head cut', body: 'h' },
    ],
    ['cut within the head', 'HTTP/1.1 200 OK\r\nContent-Le', { events: 'cut', body: '' }],
    ['nothing', '', { events: 'cut', body: '' }],
  ])('%s', (_what, wire, expected) => {
    const bytes = Buffer.from(wire, 'latin1');
    expect(parsed([bytes])).toMatchObject(expected);
    for (let at = 0; at <= bytes.length; at++) {
      expect(parsed([bytes.subarray(0, at), bytes.subarray(at)])).toMatchObject(expected);
    }
    expect(parsed([...bytes].map((byte) => Buffer.of(byte)))).toMatchObject(expected);
  });
});

describe('what is no HTTP, cut in two at every byte', () => {
  test.each([
    ['another protocol', 'SSH-2.0\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n'],
    ['a blank before the colon', 'HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n'],
    ['a NUL', 'HTTP/1.1 200 OK\r\nX: \0\r\n\r\n'],
    ['a header without name', 'HTTP/1.1 200 OK\r\n: x\r\n\r\n'],
    ['a header without colon', 'HTTP/1.1 200 OK\r\nxy\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status beyond 599', 'HTTP/1.1 600 OK\r\n\r\n'],
    ['a length with a sign', 'HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n'],
    ['a length in hexadecimal', 'HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n'],
    ['an enormous length', 'HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999\r\n\r\n'],
    ['an empty length', 'HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n'],
    ['a chunk without size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n'],
    ['an enormous chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n'],
    ['a chunk longer than its size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['a chunk without line end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\n'],
    ['a trailer with a bare line feed', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na\n'],
    ['switched protocols', 'HTTP/1.1 101 Switching\r\n\r\n'],
  ])('%s', (_what, wire) => {
    const bytes = Buffer.from(wire, 'latin1');
    for (let at = 0; at <= bytes.length; at++) {
      expect(parsed([bytes.subarray(0, at), bytes.subarray(at)]).error).toBeDefined();
    }
  });

  test.each([
    ['head', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`],
    ['chunk extension', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`],
    ['trailer', `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'a: b\r\n'.repeat(5000)}\r\n`],
  ])('an endless %s', (_what, wire) => {
    expect(parsed([Buffer.from(wire)]).error).toBeDefined();
    expect(parsed([...Buffer.from(wire)].map((byte) => Buffer.of(byte))).error).toBeDefined();
  });
});

test('an empty connection looks at nothing that an earlier answer left in the buffer', () => {
  const parser = new AnswerParser();
  const buffer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Stale\r\n\r\n');
  parser.feed(buffer, 38);
  expect([parser.next(), parser.next()]).toEqual(['head', 'end']);
  parser.reset();
  expect(parser.next()).toBe('more');
  parser.feed(buffer, 20);
  expect(parser.next()).toBe('more');
});

test.each([
  ['HTTP/1.1', [], true],
  ['HTTP/1.1', ['Connection: close'], false],
  ['HTTP/1.1', ['Connection: Keep-Alive'], true],
  ['HTTP/1.0', [], false],
  ['HTTP/1.0', ['Connection: keep-alive'], true],
  ['HTTP/1.1', ['Connection: x', 'connection: Close'], false],
])('%s %j keeps the connection: %s', (version, headers, keepAlive) => {
  const wire = [`${version} 200 OK`, 'Content-Length: 0', ...headers, '', ''].join('\r\n');
  expect(parsed([Buffer.from(wire)]).head?.keepAlive).toBe(keepAlive);
});
