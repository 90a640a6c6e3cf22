import { type ArchiveShape, archive } from '../test/support/archive.ts';

/** What is moved: one third large images, two thirds small ones. */
const LARGE_BYTES = 500_000;
const SMALL_BYTES = 10_000;

export interface Workload {
  readonly files: readonly Buffer[];
  readonly bytes: number;
  readonly description: string;
}

/** The images that every contender moves, in memory. */
export function workload(instances: number, instancesPerStudy: number): Workload {
  const bytes = (index: number) => (index % 3 === 0 ? LARGE_BYTES : SMALL_BYTES);
  const studies = Math.ceil(instances / instancesPerStudy);
  const seriesPerStudy = Math.min(2, instancesPerStudy);
  const shape: ArchiveShape = { studies, instancesPerStudy, seriesPerStudy, bytes, seed: 13 };
  const files = [...archive(shape)];
  const total = files.reduce((sum, file) => sum + file.length, 0);
  const large = files.filter((file) => file.length > SMALL_BYTES * 2).length;
  const mix = `${large} of ${LARGE_BYTES / 1000} kB, ${files.length - large} of ${SMALL_BYTES / 1000} kB`;
  return {
    files,
    bytes: total,
    description: `${files.length} instances in ${studies} studies (${mix}), ${mega(total)} MB`,
  };
}

/** What a target holds before, so that its index is no empty one. */
export function filling(instances: number): Iterable<Buffer> {
  return archive({ studies: Math.ceil(instances / 100), instancesPerStudy: 100, bytes: 2000, seed: 99 });
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
