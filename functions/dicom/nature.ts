import type { Pixels } from '../core/content.ts';
import type { Header } from './header.ts';
import { IMAGES, matches, WITHOUT_PIXELS } from './sop-classes.ts';
import { TAG } from './tags.ts';
import { uidOf } from './text.ts';

const RT_DOSE = '1.2.840.10008.5.1.4.1.1.481.2';

/** Each shows that there was never any Pixel Data (7FE0,0010). */
const INSTEAD_OF_PIXELS = [
  TAG.floatPixelData,
  TAG.doubleFloatPixelData,
  TAG.pixelDataProviderUrl,
  TAG.spectroscopyData,
];
/** Each shows that there is or was an image. */
const OF_IMAGES = [TAG.rows, TAG.columns, TAG.bitsAllocated, TAG.photometricInterpretation];

/**
 * Whether a data set has its pixels, and if not, whether they are missing. A header-only copy, which Orthanc makes of every file
 * with (7FE0,0010), ends before that element: so any element behind it proves that nothing was cut off.
 */
export function pixelsOf({ values, end }: Header): Pixels {
  if (end === 'pixel-data') return 'present';
  if (end === 'damaged') return 'unknown';
  if (end === 'behind' || INSTEAD_OF_PIXELS.some((tag) => values.has(tag))) return 'none-by-nature';
  const sopClass = uidOf(values.get(TAG.sopClass)) ?? uidOf(values.get(TAG.mediaStorageSopClass)) ?? '';
  if (matches(WITHOUT_PIXELS, sopClass)) return 'none-by-nature';
  if (end === 'limit') return 'unknown';
  if (sopClass === RT_DOSE && values.has(TAG.dvhSequence) && !values.has(TAG.rows)) return 'none-by-nature';
  if (matches(IMAGES, sopClass)) return 'missing';
  return OF_IMAGES.some((tag) => values.has(tag)) ? 'missing' : 'none-by-nature';
}
