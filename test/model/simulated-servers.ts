import type { HttpAnswer, Side } from '../../functions/core/answer.ts';
import type { EndpointName, OrthancId } from '../../functions/core/ids.ts';
import { answerError, breakageError } from '../../functions/orthanc/errors.ts';
import type { Body } from '../../functions/orthanc/relay/body.ts';
import type {
  OrthancServer,
  Recorded,
  Relay,
  RelayResult,
  Servers,
  SystemInfo,
  Upload,
} from '../../functions/orthanc/server.ts';
import type { Turn } from './process.ts';
import { type Archive, type Image, md5Of, type Quirk, type World } from './world.ts';

export const SOURCE = 'http://source/' as EndpointName;
export const TARGET = 'http://target/' as EndpointName;

const SYSTEM: SystemInfo = { version: '1.12.0', name: 'simulated', readOnly: false, hasLabels: true };
const REFUSED = { cause: 'refused', requestSent: false, detail: 'ECONNREFUSED' } as const;
const NOT_DICOM: RelayResult = {
  kind: 'answer',
  side: 'target',
  answer: { status: 400, orthanc: true, orthancStatus: 15 },
};
const CRASHED = { cause: 'reset', requestSent: true, detail: 'ECONNRESET' } as const;

function troubleOf(archive: Archive): HttpAnswer | undefined {
  const { trouble } = archive;
  if (!trouble || trouble.left <= 0) return undefined;
  trouble.left -= 1;
  return trouble.answer;
}

function unused(): never {
  throw new Error('the model does not use this');
}

function hasPixels(image: Image | undefined): boolean {
  return image !== undefined && (image.pixels ?? 'present') === 'present';
}

function simulatedServer(archive: Archive, name: EndpointName, side: Side, turn: Turn): OrthancServer {
  const ask = async <T>(path: string, answer: () => T): Promise<T> => {
    await turn();
    if (archive.down) throw breakageError(name, side, path, REFUSED);
    const trouble = path === 'system' ? undefined : troubleOf(archive);
    if (trouble) throw answerError(name, side, 'read', path, trouble);
    return answer();
  };
  const studyImages = (study: OrthancId) => [...archive.images].filter(([, image]) => image.study === study);
  return {
    name,
    system: () => ask('system', () => SYSTEM),
    statistics: () =>
      ask('statistics', () => {
        const studies = new Set([...archive.images.values()].map(({ study }) => study)).size;
        const { size } = archive.images;
        // Studies seem large and small in turn: what is asked differs with that, and may differ from one step to the next.
        return { instances: size, studies: size % 2 === 0 ? 0 : studies, uncompressedBytes: 0 };
      }),
    identity: () =>
      ask('system', () => ({
        url: name,
        version: '1',
        name,
        lastChange: 0,
        storageUuids: new Map(),
        metricTimes: new Map(),
      })),
    checkStore: () => ask('system', () => undefined),
    lastChange: () => ask('changes', () => archive.lastChange),
    changes: (since, limit) =>
      ask('changes', () => {
        const newer = archive.changes.filter((change) => change.seq > since);
        const page = newer.slice(0, Math.min(limit, 3)).map((change) => ({ ...change, type: 'NewInstance' }));
        return { changes: page, last: page.at(-1)?.seq ?? since, done: newer.length <= page.length };
      }),
    studies: () => ask('studies', () => [...new Set([...archive.images.values()].map((image) => image.study))].sort()),
    study: unused,
    series: (study) =>
      ask('series', () => {
        const images = studyImages(study);
        return images.length === 0 ? undefined : [{ id: study, instances: images.map(([id]) => id) }];
      }),
    instances: (study) =>
      ask('instances', () => {
        const images = studyImages(study);
        return images.length === 0 ? undefined : images.map(([id]) => id);
      }),
    describedInstances: (study) =>
      ask('instances', () => {
        const images = studyImages(study);
        return images.length === 0 ? undefined : images.map(([id, { size }]) => ({ id, size }));
      }),
    studyBytes: (study) => ask('statistics', () => studyImages(study).reduce((sum, [, image]) => sum + image.size, 0)),
    studiesOf: (ids) =>
      ask('study', () => {
        const known = ids.flatMap((id): [OrthancId, OrthancId][] => {
          const image = archive.images.get(id);
          return image ? [[id, image.study]] : [];
        });
        return new Map(known);
      }),
    lookup: unused,
    sopInstanceUid: unused,
    hasPixelData: (id) => ask('tags', () => hasPixels(archive.images.get(id))),
    defaultEncoding: () => ask('tools/default-encoding', () => 'Latin1'),
    studiesOfPatient: unused,
    findsByUid: () => ask('system', () => true),
    recorded: (ids) =>
      ask('recorded', () => {
        const known = ids.flatMap((id): [OrthancId, Recorded][] => {
          const image = archive.images.get(id);
          return image ? [[id, { size: image.size, md5: image.md5 }]] : [];
        });
        return new Map(known);
      }),
    close: async () => undefined,
  };
}

function simulatedRelay(world: World, turn: Turn): Relay {
  const { source, target } = world;
  return async ({ instance, recorded }): Promise<RelayResult> => {
    await turn();
    if (source.down) return { kind: 'broken', side: 'source', breakage: REFUSED };
    const sourceTrouble = troubleOf(source);
    if (sourceTrouble) return { kind: 'answer', side: 'source', answer: sourceTrouble };
    const image = source.images.get(instance);
    if (!image) return { kind: 'answer', side: 'source', answer: { status: 404, orthanc: true, orthancStatus: 17 } };
    const damaged = world.quirks.get(instance) === 'damaged' || world.wireDamage > 0;
    if (damaged) {
      world.wireDamage = Math.max(0, world.wireDamage - 1);
      world.wireDamaged += 1;
      const md5 = world.quirks.get(instance) === 'damaged' ? md5Of('damaged') : md5Of(`wire ${world.wireDamaged}`);
      return { kind: 'mismatch', bytes: image.size, expectedBytes: recorded.size, md5 };
    }
    if (recorded.md5 !== undefined && recorded.md5 !== image.md5)
      return { kind: 'mismatch', bytes: image.size, expectedBytes: recorded.size, md5: image.md5 };
    await turn();
    if (target.down) return { kind: 'broken', side: 'target', breakage: REFUSED };
    const targetTrouble = troubleOf(target);
    if (targetTrouble) return { kind: 'answer', side: 'target', answer: targetTrouble };
    return store(world, instance, turn);
  };
}

function simulatedUpload(world: World, turn: Turn): Upload {
  const { target, quirks } = world;
  return async ({ size, open }): Promise<RelayResult> => {
    const body = await wholeOf(await open());
    const md5 = md5Of(body);
    if (body.length !== size) return { kind: 'mismatch', bytes: body.length, expectedBytes: size, md5 };
    await turn();
    if (target.down) return { kind: 'broken', side: 'target', breakage: REFUSED };
    const trouble = troubleOf(target);
    if (trouble) return { kind: 'answer', side: 'target', answer: trouble };
    const stored = world.storedAs(body);
    if (!stored) return NOT_DICOM;
    const { id, study, pixels } = stored;
    return take(target, quirks.get(id), id, { study, size, md5, pixels }, turn);
  };
}

async function wholeOf(body: Body): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    do pieces.push(Buffer.from(await body.next()));
    while (!body.last);
  } finally {
    await body.close?.();
  }
  return Buffer.concat(pieces);
}

async function store(world: World, id: OrthancId, turn: Turn): Promise<RelayResult> {
  const { source, target, quirks } = world;
  const image = source.images.get(id);
  if (!image) return { kind: 'broken', side: 'source', breakage: CRASHED };
  return take(target, quirks.get(id), id, image, turn);
}

/** What the target does with a body that it has. */
async function take(
  target: Archive,
  quirk: Quirk | undefined,
  id: OrthancId,
  image: Image,
  turn: Turn,
): Promise<RelayResult> {
  const { size: bytes, md5 } = image;
  if (quirk === 'refused') return NOT_DICOM;
  if (quirk === 'filtered') return { kind: 'stored', bytes, md5, id, status: 'FilteredOut' };
  if (quirk === 'crashes') {
    target.down = true;
    return { kind: 'broken', side: 'target', breakage: CRASHED };
  }
  if (target.images.has(id)) return { kind: 'stored', bytes, md5, id, status: 'AlreadyStored' };
  if (quirk !== 'vanishes') target.store(id, quirk === 'altered' ? { ...image, md5: md5Of(`altered ${id}`) } : image);
  await turn();
  return { kind: 'stored', bytes, md5, id, status: 'Success' };
}

export function simulatedServers(world: World, turn: Turn): Servers {
  return {
    server: async (name, side) => simulatedServer(name === SOURCE ? world.source : world.target, name, side, turn),
    relay: async () => simulatedRelay(world, turn),
    upload: async () => simulatedUpload(world, turn),
    close: async () => undefined,
  };
}
