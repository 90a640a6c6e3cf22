/** A whole slide image with an Extended Offset Table, whose VRs are younger than many a parser. */
import { EXPLICIT, el, identity, integer, mark, part10, UNDEFINED } from './data-sets.ts';

const WHOLE_SLIDE = '1.2.840.10008.5.1.4.1.1.77.1.6';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const FRAME_BYTES = 40;

const numbers = (count: number, each: (index: number) => number) => {
  const bytes = Buffer.alloc(8 * count);
  for (let index = 0; index < count; index++) bytes.writeBigUInt64LE(BigInt(each(index)), 8 * index);
  return bytes;
};

/** What Orthanc cuts off for its copies of the header begins with (7FE0,0010): the tables before it stay. */
export function slide(frames: number): { readonly header: Buffer; readonly full: Buffer } {
  const dataSet = Buffer.concat([
    identity(EXPLICIT, WHOLE_SLIDE),
    el(0x00280010, 'US', integer(256, 2)),
    // Extended Offset Table, its lengths, and Encapsulated Pixel Data Value Total Length (PS3.3, C.7.6.3.1.8).
    el(
      0x7fe00001,
      'OV',
      numbers(frames, (index) => index * (FRAME_BYTES + 8)),
    ),
    el(
      0x7fe00002,
      'OV',
      numbers(frames, () => FRAME_BYTES),
    ),
    el(
      0x7fe00003,
      'UV',
      numbers(1, () => frames * FRAME_BYTES),
    ),
  ]);
  const header = part10(dataSet, JPEG_BASELINE);
  const frame = Buffer.concat([mark(0xfffee000, FRAME_BYTES), Buffer.alloc(FRAME_BYTES, 0xd8)]);
  const encapsulated = [mark(0xfffee000, 0), ...Array<Buffer>(frames).fill(frame), mark(0xfffee0dd, 0)];
  const pixelData = Buffer.concat([el(0x7fe00010, 'OB', '', EXPLICIT, UNDEFINED), ...encapsulated]);
  return { header, full: Buffer.concat([header, pixelData]) };
}
