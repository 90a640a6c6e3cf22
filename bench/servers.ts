// npm run bench -- servers [source=1.10] [target=1.13] [instances=0] [bytes=130000]: two servers to try things on, until Ctrl-C.
import { archive } from '../test/support/archive.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import type { OrthancVersion } from '../test/support/orthanc-binaries.ts';
import { upload } from '../test/support/upload.ts';

const [sourceVersion = '1.10', targetVersion = '1.13', instances = '0', bytes = '130000'] = process.argv.slice(2);

function versionOf(text: string): OrthancVersion {
  if (text === '1.10' || text === '1.13') return text;
  throw new Error(`"${text}" is no tested version: 1.10 or 1.13`);
}

const [source, target] = await Promise.all(
  [sourceVersion, targetVersion].map((version) => startOrthanc({ version: versionOf(version) })),
);
if (!source || !target) throw new Error('two servers were asked for');
const perStudy = 50;
const studies = Math.ceil(Number(instances) / perStudy);
await upload(source.url, archive({ studies, instancesPerStudy: perStudy, bytes: Number(bytes) }));
console.log(
  `source: Orthanc ${source.version} at ${source.url} with ${studies * perStudy} images, storage ${source.storageDir}`,
);
console.log(`target: Orthanc ${target.version} at ${target.url}, empty, storage ${target.storageDir}`);
console.log('stop with Ctrl-C');

const held = setInterval(() => undefined, 3_600_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    clearInterval(held);
    await Promise.all([source.stop(), target.stop()]);
  });
}
