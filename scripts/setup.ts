// Installs what the tests need beyond node_modules; silent when everything is there.
import { exists } from '../test/support/servers-home.ts';
import { canInstall, installPackages, MissingError, say, updatePackageLists } from './host.ts';
import { ensureServers } from './orthanc-servers.ts';

async function ensurePostgres(): Promise<void> {
  if (await exists('/usr/lib/postgresql')) return;
  if (!(await canInstall())) {
    throw new MissingError(
      'PostgreSQL is missing: install the package postgresql (as root on Debian or Ubuntu this is automatic)',
    );
  }
  await updatePackageLists();
  await installPackages(['postgresql']);
}

try {
  await ensureServers();
  await ensurePostgres();
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  say(error.message);
  process.exitCode = 2;
}
