import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** A row of `AttachedFiles`: UUID, attachment type, uncompressed size in bytes, uncompressed MD5 if there is one. */
export type IndexRow = readonly [uuid: string, type: number, size: number, md5: string | null];

/** Versions of the schema that have the table in this form (Orthanc 0.4.0 until today). */
const OLDEST_SCHEMA = 3;
const NEWEST_SCHEMA = 6;
const CACHE_KIB = 64 * 1024;

/** The table `AttachedFiles` in a copy of Orthanc's SQLite index. The copy is changed. All methods raise errors of SQLite. */
export class IndexTable {
  readonly #connection: DatabaseSync;
  readonly #select: StatementSync;

  constructor(file: string) {
    this.#connection = new DatabaseSync(file);
    try {
      this.#takeOver();
      this.#checkSchema();
      this.#select = this.#prepare();
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  lookUp(uuids: readonly string[]): IndexRow[] {
    const rows = this.#select.all(JSON.stringify(uuids)) as Record<'uuid' | 'type' | 'size' | 'md5', unknown>[];
    return rows.map(({ uuid, type, size, md5 }) => [
      String(uuid),
      Number(type),
      Number(size),
      typeof md5 === 'string' ? md5 : null,
    ]);
  }

  close(): void {
    this.#connection.close();
  }

  /** Afterwards everything is in the one file, and nothing but its open handle is needed. */
  #takeOver(): void {
    this.#connection.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA trusted_schema = OFF;
      PRAGMA synchronous = OFF;
      PRAGMA cache_size = -${CACHE_KIB};
    `);
    // Takes in what stands in the write-ahead log.
    this.#connection.exec('PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF');
  }

  #checkSchema(): void {
    const row = this.#connection.prepare('SELECT value FROM GlobalProperties WHERE property = 1').get();
    const version = Number(row?.value);
    if (version >= OLDEST_SCHEMA && version <= NEWEST_SCHEMA) return;
    throw new Error(`its database schema ${Number.isNaN(version) ? 'has no version' : `is of version ${version}`}`);
  }

  #prepare(): StatementSync {
    const columns = this.#connection.prepare('PRAGMA table_info(AttachedFiles)').all();
    // New in version 4 of the schema.
    const md5 = columns.some((column) => column.name === 'uncompressedMD5') ? 'uncompressedMD5' : 'NULL';
    // Orthanc itself never looks for a UUID, hence has no index for it.
    this.#connection.exec('CREATE INDEX OrthancMigrateUuids ON AttachedFiles(uuid)');
    return this.#connection.prepare(`
      SELECT uuid, fileType AS type, uncompressedSize AS size, ${md5} AS md5 FROM AttachedFiles
      WHERE uuid IN (SELECT value FROM json_each(?))
    `);
  }
}
