import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OrthancBinary, pluginPath } from './orthanc-binaries.ts';

export interface PostgresIndex {
  /** `postgresql://user:password@host:port/database` */
  readonly uri: string;
  /** Keeps the DICOM files in the database, too. */
  readonly storage?: boolean;
  /** Connections of the index plugin. */
  readonly connections?: number;
}

interface Wishes {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly users?: Readonly<Record<string, string>>;
  readonly postgres?: PostgresIndex;
  readonly lua?: string;
}

interface Place {
  readonly home: string;
  readonly storageDir: string;
  readonly indexDir: string;
  readonly port: number;
}

/** The configuration of a test server: Orthanc's own defaults, but reachable from this machine alone and without DICOM. */
export async function configuration(
  binary: OrthancBinary,
  wishes: Wishes,
  place: Place,
): Promise<Record<string, unknown>> {
  return {
    Name: `test ${binary.version}`,
    StorageDirectory: place.storageDir,
    IndexDirectory: place.indexDir,
    HttpPort: place.port,
    // Known from 1.12 on; older versions listen everywhere, but answer 401 to other machines unless RemoteAccessAllowed is set.
    HttpBindAddresses: ['127.0.0.1'],
    RemoteAccessAllowed: false,
    AuthenticationEnabled: wishes.users !== undefined,
    RegisteredUsers: wishes.users ?? {},
    DicomServerEnabled: false,
    LuaScripts: await luaScripts(wishes, place),
    ...(await postgresPlugin(binary, wishes.postgres)),
    ...wishes.config,
  };
}

async function luaScripts(wishes: Wishes, place: Place): Promise<string[]> {
  if (wishes.lua === undefined) return [];
  const file = join(place.home, 'script.lua');
  await writeFile(file, wishes.lua);
  return [file];
}

async function postgresPlugin(
  binary: OrthancBinary,
  postgres: PostgresIndex | undefined,
): Promise<Record<string, unknown>> {
  if (!postgres) return { Plugins: [] };
  const plugins = [await pluginPath(binary, 'libOrthancPostgreSQLIndex.so')];
  if (postgres.storage) plugins.push(await pluginPath(binary, 'libOrthancPostgreSQLStorage.so'));
  return {
    Plugins: plugins,
    PostgreSQL: {
      EnableIndex: true,
      EnableStorage: postgres.storage === true,
      ConnectionUri: postgres.uri,
      EnableSsl: false,
      IndexConnectionsCount: postgres.connections ?? 5,
      // One server per database: and a killed one must be able to start again at once.
      Lock: false,
    },
  };
}
