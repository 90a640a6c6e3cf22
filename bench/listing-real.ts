/**
 * The same as bench/listing.ts of a real server: what a dry run over many small instances costs, onto an empty target.
 * Usage: node bench/listing-real.ts [INSTANCES=100000] [VERSION=1.10]
 */
import { archive } from '../test/support/archive.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { upload } from '../test/support/upload.ts';
import { isEnd, isListed, measure, rowOf } from './listing-run.ts';

const PER_STUDY = 100;
const [count = '100000', version = '1.10'] = process.argv.slice(2);
const instances = Number(count);

const [source, target] = await Promise.all([
  startOrthanc({ version: version === '1.13' ? '1.13' : '1.10' }),
  startOrthanc({ version: '1.13' }),
]);
try {
  const begun = performance.now();
  await upload(source.url, archive({ studies: instances / PER_STUDY, instancesPerStudy: PER_STUDY, bytes: 2000 }));
  console.log(`Orthanc ${source.version} took ${instances} in ${Math.round((performance.now() - begun) / 1000)} s`);
  console.table([
    rowOf(instances, 'listing', await measure(source.url, target.url, isListed(instances))),
    rowOf(instances, 'dry run', await measure(source.url, target.url, isEnd)),
  ]);
} finally {
  await Promise.all([source.stop(), target.stop()]);
}
