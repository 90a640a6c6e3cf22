/**
 * A server that only lists: any number of instances, each answer made from arithmetic in constant time, so that what is measured is
 * the product. Usage: node bench/listing-server.ts PORT INSTANCES [PER_STUDY=100] [LOOK_UP_DELAY_MS=0]
 */
import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileInfo, idOf, instanceRow, listStudies, numbersOf, seriesOf } from './listing-content.ts';

const [port = 0, instances = 0, perStudy = 100, delayMs = 0] = process.argv.slice(2).map(Number);
const studies = Math.ceil(instances / perStudy);
const UNKNOWN = { status: 404, body: { OrthancError: 'Unknown resource', OrthancStatus: 17, HttpStatus: 404 } };

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

function sizeOf(study: number): number {
  return Math.max(0, Math.min(perStudy, instances - study * perStudy));
}

const FIXED: Readonly<Record<string, unknown>> = {
  '/system': { Version: '1.13.0', ApiVersion: 33, Name: 'listing', DatabaseVersion: 6, ReadOnly: false },
  '/statistics': {
    CountInstances: instances,
    CountStudies: studies,
    TotalUncompressedSize: String(instances * 250_000),
  },
};

function ofStudy(id: string, what: string | undefined): Answer {
  const { study } = numbersOf(id);
  const size = sizeOf(study);
  if (size === 0) return UNKNOWN;
  if (what === 'series') return { body: seriesOf(study, size) };
  if (what === 'statistics') return { body: { CountInstances: size, UncompressedSize: String(size * 250_000) } };
  return UNKNOWN;
}

function ofInstance(id: string, rest: readonly string[]): Answer {
  const { study, instance } = numbersOf(id);
  if (instance >= sizeOf(study)) return UNKNOWN;
  return rest.join('/') === 'attachments/dicom/info' ? { body: fileInfo(id) } : UNKNOWN;
}

async function find(request: IncomingMessage): Promise<Answer> {
  const { ParentStudy } = JSON.parse(await text(request)) as { ParentStudy?: string };
  await sleep(delayMs);
  if (ParentStudy === undefined) return { body: [] };
  const { study } = numbersOf(ParentStudy);
  return { body: Array.from({ length: sizeOf(study) }, (_, instance) => instanceRow(study, instance)) };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request) body += String(piece);
  return body;
}

async function answer(request: IncomingMessage): Promise<Answer> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://listing');
  const fixed = FIXED[pathname];
  if (fixed) return { body: fixed };
  const [kind, id, ...rest] = pathname.slice(1).split('/');
  if (pathname === '/tools/find') return find(request);
  if (pathname === '/tools/bulk-content') {
    await text(request);
    return { body: [] };
  }
  if (kind === 'changes') return { body: { Changes: [], Last: instances, Done: true } };
  if (kind === 'studies' && id !== undefined) return ofStudy(id, rest[0]);
  if (kind === 'instances' && id !== undefined) return ofInstance(id, rest);
  if (kind !== 'instances') return UNKNOWN;
  const some = Math.min(Number(searchParams.get('limit')), sizeOf(0));
  return { body: Array.from({ length: some }, (_, instance) => idOf(0, instance)) };
}

const server = createServer(async (request, response) => {
  if (request.url === '/studies') return void response.end(listStudies(studies));
  const { status = 200, body } = await answer(request);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(port, '127.0.0.1', () => console.log(`listing ${instances} instances on port ${port}`));
