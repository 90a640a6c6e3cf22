import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Stack } from '../../../../cli/stack/client.ts';
import { StackEvidence } from '../../../../cli/stack/evidence.ts';
import { jobId } from '../../../contract/samples.ts';

const PAGE = 2;
const PATHS = ['SUCCESS/000001.ndjson', 'SUCCESS/000002.ndjson', 'FAILURE/000001.ndjson'];
let server: Server;
let base: string;
/** What each link is answered with; the path itself by default. */
let answers: Map<string, number>;
let asked: number[];
let evidence: StackEvidence;

beforeEach(async () => {
  answers = new Map();
  asked = [];
  server = createServer((request, response) => {
    const path = new URL(request.url ?? '', 'http://host').pathname.slice(1);
    response.writeHead(answers.get(path) ?? 200).end(path);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (_: string, { from }: { from: number }) => {
    asked.push(from);
    const shards = PATHS.slice(from, from + PAGE).map((path) => ({ path, link: `${base}/${path}?secret` }));
    const next = from + PAGE < PATHS.length ? { next: from + PAGE } : {};
    return { link: `${base}/manifest.json?secret`, shards, ...next };
  };
  evidence = new StackEvidence({ name: 'archive', ask, close: () => undefined } as unknown as Stack, jobId());
});

afterEach(() => {
  jest.useRealTimers();
  server.closeAllConnections();
  server.close();
});

const text = async (path: string) => new TextDecoder().decode(await evidence.read(`jobs/job-1/${path}`));

test('GIVEN evidence of several pages THEN each file is found, and links are used again', async () => {
  expect(await text('manifest.json')).toBe('manifest.json');
  for (const path of PATHS) expect(await text(path)).toBe(path);
  expect(asked).toEqual([0, 0, 2]);
  const keys: string[] = [];
  for await (const key of evidence.list('jobs/job-1/SUCCESS/')) keys.push(key);
  expect(keys).toEqual(['jobs/job-1/SUCCESS/000001.ndjson', 'jobs/job-1/SUCCESS/000002.ndjson']);
  const part = await evidence.read('jobs/job-1/SUCCESS/000001.ndjson', { offset: 8, length: 6 });
  expect(new TextDecoder().decode(part)).toBe('000001');
});

test('GIVEN a link that is minutes old THEN the stack is asked for another one, of the same page', async () => {
  await text('FAILURE/000001.ndjson');
  jest.useFakeTimers({ now: Date.now() + 6 * 60_000, doNotFake: ['nextTick', 'setImmediate', 'setTimeout'] });
  await text('FAILURE/000001.ndjson');
  expect(asked).toEqual([0, 2, 2]);
});

test('GIVEN what cannot be had THEN the reason says so, and no link', async () => {
  await expect(text('SUCCESS/000009.ndjson')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  answers.set('SUCCESS/000001.ndjson', 404);
  await expect(text('SUCCESS/000001.ndjson')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  answers.set('SUCCESS/000001.ndjson', 403);
  const message = 'jobs/job-1/SUCCESS/000001.ndjson cannot be downloaded: HTTP 403';
  await expect(text('SUCCESS/000001.ndjson')).rejects.toMatchObject({ code: 'EVIDENCE_UNREACHABLE', message });
});
