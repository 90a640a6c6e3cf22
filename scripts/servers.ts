// npm run servers: installs the two Orthanc versions that the tests and the demonstration use.
import { orthancBinary } from '../test/support/orthanc-binaries.ts';
import { MissingError, say } from './host.ts';
import { ensureServers } from './orthanc-servers.ts';

try {
  await ensureServers();
  for (const version of ['1.10', '1.13'] as const) {
    const binary = await orthancBinary(version);
    say(`Orthanc ${binary.version} of ${binary.root}`);
  }
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
