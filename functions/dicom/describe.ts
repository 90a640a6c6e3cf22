import type { Content, ContentKind, DicomFacts, Head, Layer, StorageKeys } from '../core/content.ts';
import { bareEncoding, hasUid } from './bare-data-set.ts';
import { DecryptedHead } from './decrypted-head.ts';
import { factsOf } from './facts.ts';
import { formatOf } from './format.ts';
import { type Header, readDataSet, readFileHeader } from './header.ts';
import { InflatedHead } from './inflated-head.ts';
import { layerOf, SIZE_PREFIX_BYTES } from './layer.ts';
import { FIRST_BYTES, type Source } from './read-elements.ts';
import { ENCRYPTION_BYTES, masterKey } from './storage-encryption.ts';
import { TAG } from './tags.ts';
import { latin1, uidOf } from './text.ts';

/** Encrypted, compressed, and once more by whoever made the dump. */
const MAX_LAYERS = 3;
const MAGIC_AT = 128;
const META_AT = 132;
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';

export interface DescribeOptions {
  readonly keys: StorageKeys;
  /** DefaultEncoding of the target, by Orthanc's name; where it is not known, IDs of texts without a character set are uncertain. */
  readonly defaultEncoding?: string;
}

/**
 * Tells by their content what these bytes are; reads only what is needed for that. Whether the content is whole shows when all of it
 * is read (`openContent`). Raises only what `head` raises.
 *
 * @param rawSize bytes of the whole with all its layers, where known
 */
export async function describe(head: Head, rawSize: number | undefined, options: DescribeOptions): Promise<Content> {
  const layers: Layer[] = [];
  let source: Source = { head, size: rawSize };
  for (;;) {
    const first = await source.head.read(FIRST_BYTES);
    const layer = layers.length < MAX_LAYERS && !hasMagic(first) ? layerOf(first) : undefined;
    if (!layer) {
      const content = await inside(source, first, layers.length > 0, options.defaultEncoding);
      return { ...content, layers, ...(source.size !== undefined && { size: source.size }) };
    }
    layers.push(layer);
    if (layer.kind === 'encrypted' && !options.keys.has(layer.key)) {
      return { kind: 'other', layers, problem: { code: 'STORAGE_KEY_MISSING', keyNumber: layer.key } };
    }
    source = unwrap(source, layer, options.keys);
  }
}

function unwrap({ head, size }: Source, layer: Layer, keys: StorageKeys): Source {
  switch (layer.kind) {
    case 'encrypted':
      return {
        head: new DecryptedHead(head, masterKey(keys, layer.key)),
        size: size === undefined ? undefined : size - ENCRYPTION_BYTES,
      };
    case 'deflated':
      return { head: new InflatedHead(head, SIZE_PREFIX_BYTES, 'zlib'), size: layer.size };
    case 'gzip':
      return { head: new InflatedHead(head, 0, 'gzip'), size: undefined };
  }
}

async function inside(
  source: Source,
  first: Uint8Array,
  layered: boolean,
  defaultEncoding: string | undefined,
): Promise<Pick<Content, 'kind' | 'dicom'>> {
  // A layer that gives nothing although it should is broken, not empty.
  if (first.length === 0) return { kind: source.head.broken || (layered && source.size) ? 'other' : 'empty' };
  if (hasMagic(first)) return dicom(await readFileHeader(source, META_AT), defaultEncoding);
  const format = formatOf(first);
  if (format) return { kind: format };
  const header = await readBare(source, first);
  return header && hasUid(header) ? dicom(header, defaultEncoding) : { kind: 'other' };
}

/** A file without preamble and magic; one without meta information, too. */
async function readBare(source: Source, first: Uint8Array): Promise<Header | undefined> {
  if (latin1(first.subarray(0, 8)) === '\x02\0\0\0UL\x04\0') return readFileHeader(source, 0);
  const encoding = bareEncoding(first);
  return encoding && readDataSet(source, 0, encoding);
}

function dicom(header: Header, defaultEncoding: string | undefined): { kind: ContentKind; dicom?: DicomFacts } {
  const directory =
    uidOf(header.values.get(TAG.mediaStorageSopClass)) === MEDIA_STORAGE_DIRECTORY ||
    header.values.has(TAG.directoryRecords);
  return directory ? { kind: 'dicomdir' } : { kind: 'dicom', dicom: factsOf(header, defaultEncoding) };
}

function hasMagic(first: Uint8Array): boolean {
  return latin1(first.subarray(MAGIC_AT, META_AT)) === 'DICM';
}
