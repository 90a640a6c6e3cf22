import { deflateRawSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compressedAttachment } from '../../support/compressed.ts';
import { encryptedObject } from '../../support/encrypted.ts';
import {
  BIG_ENDIAN,
  described,
  EXPLICIT,
  EXPLICIT_SYNTAX,
  el,
  IMPLICIT,
  identity,
  integer,
  mark,
  part10,
  pixels,
  type Syntax,
  UNDEFINED,
} from './data-sets.ts';

const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];

/** Elements as data: written in any encoding. */
type Tree =
  | { readonly vr: string; readonly value: Uint8Array }
  | { readonly items: readonly Tree[][]; readonly open: boolean };

const leaf = fc.record({
  vr: fc.constantFrom('LO', 'OB', 'US', 'UN', 'UT', 'SV', 'OV', 'UC', 'FD'),
  value: fc.uint8Array({ maxLength: 60 }),
});
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      items: fc.array(fc.array(tie('tree'), { maxLength: 3 }), { maxLength: 3 }),
      open: fc.boolean(),
    }),
  ),
}));

function write(element: Tree, tag: number, syntax: Syntax): Buffer {
  if ('vr' in element) return el(tag, element.vr, Buffer.from(element.value), syntax);
  const items = element.items.map((children) => item(writeAll(children, 0x00090001, syntax), element.open, syntax));
  const content = Buffer.concat(items);
  if (!element.open) return el(tag, 'SQ', content, syntax);
  return Buffer.concat([el(tag, 'SQ', content, syntax, UNDEFINED), mark(SEQUENCE_END, 0, syntax)]);
}

function item(content: Buffer, open: boolean, syntax: Syntax): Buffer {
  return open
    ? Buffer.concat([mark(ITEM, UNDEFINED, syntax), content, mark(ITEM_END, 0, syntax)])
    : Buffer.concat([mark(ITEM, content.length, syntax), content]);
}

const writeAll = (trees: readonly Tree[], first: number, syntax: Syntax) =>
  Buffer.concat(trees.map((each, index) => write(each, first + index, syntax)));

const syntaxes: readonly [Syntax, string][] = [
  [EXPLICIT, EXPLICIT_SYNTAX],
  [IMPLICIT, '1.2.840.10008.1.2'],
  [BIG_ENDIAN, '1.2.840.10008.1.2.2'],
];

test.each(syntaxes)('whatever lies between identifiers and pixels, both are found (%j)', async (syntax, uid) => {
  await fc.assert(
    fc.asyncProperty(fc.array(tree, { maxLength: 8 }), fc.boolean(), async (trees, withPixels) => {
      const rows = el(0x00280010, 'US', integer(2, 2, syntax), syntax);
      const front = Buffer.concat([identity(syntax), writeAll(trees, 0x00210001, syntax), rows]);
      const { dicom } = await described(part10(withPixels ? Buffer.concat([front, pixels(syntax)]) : front, uid));
      expect(dicom).toMatchObject({ year: '2021', pixels: withPixels ? 'present' : 'missing' });
      expect(dicom?.instance).toBeDefined();
    }),
    { numRuns: 200 },
  );
});

test('an image that was cut anywhere before its pixels never passes for one that is whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...syntaxes),
      fc.array(tree, { maxLength: 4 }),
      fc.nat(),
      async ([syntax, uid], trees, at) => {
        const dataSet = Buffer.concat([identity(syntax), writeAll(trees, 0x00210001, syntax), pixels(syntax)]);
        const whole = part10(dataSet, uid);
        const cut = whole.subarray(0, at % (whole.length - pixels(syntax).length + 1));
        const { dicom } = await described(cut);
        if (dicom?.instance !== undefined) expect(['missing', 'unknown']).toContain(dicom.pixels);
      },
    ),
    { numRuns: 500 },
  );
});

test('no bytes make it fail, whatever is wrong with them', async () => {
  const key = Buffer.alloc(32, 1);
  const file = part10(Buffer.concat([identity(), el(0x00400275, 'SQ', mark(ITEM, 0)), pixels()]), EXPLICIT_SYNTAX);
  const seeds = [
    file,
    file.subarray(132),
    identity(IMPLICIT),
    compressedAttachment(file),
    encryptedObject(file, key),
    encryptedObject(compressedAttachment(file), key),
    gzipSync(file),
    part10(deflateRawSync(identity()), '1.2.840.10008.1.2.1.99'),
  ];
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...seeds), changes, fc.nat(), async (seed, edits, cut) => {
      const bytes = Buffer.from(seed.subarray(0, cut % 3 === 0 ? cut % (seed.length + 1) : seed.length));
      for (const [at, value] of edits) if (bytes.length > 0) bytes[at % bytes.length] = value;
      const content = await described(bytes, { keys: new Map([[1, key]]) });
      expect(content.kind === 'dicom').toBe(content.dicom !== undefined);
      expect(content.layers.length).toBeLessThanOrEqual(3);
    }),
    { numRuns: 1500 },
  );
});

test('random bytes are something else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 700 }), async (bytes) => {
      expect((await described(Buffer.from(bytes))).kind).toBe('other');
    }),
    { numRuns: 500 },
  );
});
