import { corrupt, StateError } from './state-error.ts';

/** Version of the tables, in `PRAGMA user_version`. */
export const STATE_VERSION = 4;
/** "OMig", in `PRAGMA application_id`: tells our file from any other SQLite file. */
const APPLICATION_ID = 0x4f4d6967;

/** What leads from each version to the next. A new version appends; what was released is never changed. */
const STEPS: readonly string[] = [
  `
  CREATE TABLE jobs (id TEXT PRIMARY KEY, created_at INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE checkpoints (
    job TEXT NOT NULL, round INTEGER NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (job, round)
  );
  CREATE TABLE pages (
    job TEXT NOT NULL, round INTEGER NOT NULL, page INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (job, round, page)
  );
  CREATE TABLE findings (
    job TEXT NOT NULL, instance TEXT NOT NULL, round INTEGER NOT NULL, reopened INTEGER NOT NULL, row TEXT NOT NULL,
    PRIMARY KEY (job, instance)
  ) WITHOUT ROWID;
  CREATE TABLE gates (endpoint TEXT PRIMARY KEY, revision INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE limits (endpoint TEXT PRIMARY KEY, revision INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE leases (name TEXT PRIMARY KEY, holder TEXT NOT NULL, expires_at INTEGER NOT NULL);

  CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    queue TEXT NOT NULL,
    message_id TEXT NOT NULL,
    body TEXT NOT NULL,
    attributes TEXT,
    dedupe_id TEXT,
    sent_at INTEGER NOT NULL,
    visible_at INTEGER NOT NULL,
    receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER,
    receipt TEXT,
    -- its receiver chose when it becomes visible, so that a heartbeat must not
    postponed INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX messages_by_visibility ON messages (queue, visible_at);
  CREATE INDEX messages_received ON messages (queue, visible_at) WHERE receipt IS NOT NULL;
  CREATE INDEX messages_by_age ON messages (queue, sent_at);
  CREATE UNIQUE INDEX messages_by_dedupe_id ON messages (queue, dedupe_id) WHERE dedupe_id IS NOT NULL;
  CREATE UNIQUE INDEX messages_by_receipt ON messages (receipt) WHERE receipt IS NOT NULL;

  CREATE TABLE run_lock (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    holder TEXT NOT NULL,
    host TEXT NOT NULL,
    scope TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_start TEXT NOT NULL,
    heartbeat_at INTEGER NOT NULL
  );
  `,
  `
  ALTER TABLE findings RENAME COLUMN instance TO item;
  CREATE TABLE claims (
    job TEXT NOT NULL, instance TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (job, instance)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE findings ADD COLUMN redriven INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE arrivals (
    job TEXT NOT NULL, number INTEGER NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (job, number)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE jobs ADD COLUMN open INTEGER NOT NULL DEFAULT 1;
  UPDATE jobs SET open = json_extract(body, '$.state') IN ('requested', 'running', 'finishing') WHERE json_valid(body);
  CREATE INDEX jobs_open ON jobs (created_at, id) WHERE open = 1;
  `,
];

/** What a migration needs of the database, before it is one of ours. */
interface Database {
  readonly path: string;
  exec(sql: string): void;
  get<Row>(sql: string): Row | undefined;
  transaction<T>(work: () => T): T;
}

/** Brings the tables to this version. Raises `STATE_NEWER_VERSION`, or `STATE_CORRUPT` for somebody else's file. */
export function migrate(database: Database): void {
  if (version(database) === STATE_VERSION && applicationId(database) === APPLICATION_ID) return;
  database.transaction(() => {
    // Read again now that nobody else can migrate.
    const from = version(database);
    if (from > STATE_VERSION) throw newer(database.path, from);
    if (applicationId(database) !== APPLICATION_ID && tables(database) > 0) throw corrupt(database.path);
    for (const step of STEPS.slice(from)) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${STATE_VERSION}`);
  });
}

function newer(path: string, found: number): StateError {
  const text = `${path} was written by a newer orthanc-migrate (state version ${found}, this one knows ${STATE_VERSION})`;
  return new StateError('STATE_NEWER_VERSION', `${text}; update orthanc-migrate, or give another --state-dir`);
}

function version(database: Database): number {
  return database.get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0;
}

function applicationId(database: Database): number {
  return database.get<{ application_id: number }>('PRAGMA application_id')?.application_id ?? 0;
}

function tables(database: Database): number {
  return database.get<{ n: number }>('SELECT count(*) AS n FROM sqlite_schema')?.n ?? 0;
}
