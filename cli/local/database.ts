import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { migrate } from './schema.ts';
import { prepareStateDirectory } from './state-directory.ts';
import { corrupt, stateErrorOfSqlite } from './state-error.ts';

/** How long a statement waits for another process's write, milliseconds. Ours take a few. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * The SQLite file of a state directory. All methods are synchronous and raise `StateError` when the file cannot be used.
 */
export class Database {
  /** For messages. */
  readonly path: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.path = path;
    this.#connection = this.#guarded(() => new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS }));
    try {
      migrate(this);
      this.exec('PRAGMA journal_mode = WAL');
      // NORMAL survives a killed process without loss. A power failure may lose the last commits, but in order: the file is
      // then as it was a moment ago, plan, queue and closures alike, and repeating that moment is harmless. FULL would cost a
      // disk flush for every attempt registered and every message taken.
      this.exec('PRAGMA synchronous = NORMAL');
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Runs statements without parameters. */
  exec(sql: string): void {
    this.#guarded(() => this.#connection.exec(sql));
  }

  /** Returns the number of rows changed. */
  run(sql: string, ...parameters: SQLInputValue[]): number {
    return this.#guarded(() => Number(this.#statement(sql).run(...parameters).changes));
  }

  /** The first row; its type is as the statement selects it. */
  get<Row>(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#guarded(() => this.#statement(sql).get(...parameters) as Row | undefined);
  }

  /** All rows; their type is as the statement selects it. */
  all<Row>(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#guarded(() => this.#statement(sql).all(...parameters) as Row[]);
  }

  /** Reads JSON that is stored here. Raises `StateError` when it is none: SQLite itself does not notice damage within a text. */
  json<T>(text: string): T {
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw corrupt(this.path, error);
    }
  }

  /**
   * All or nothing of what `work` does, which is synchronous and starts no transaction itself. Takes the write lock at once:
   * a transaction that only later turns into a writer can fail half-way.
   */
  transaction<T>(work: () => T): T {
    this.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has ended the transaction already.
      if (this.#connection.isTransaction) this.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    if (this.#connection.isOpen) this.#connection.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw stateErrorOfSqlite(error, this.path);
    }
  }
}

/** Opens the state of a directory, which is made when it is not there; `:memory:` lives as long as it is open. */
export function openDatabase(directory: string): Database {
  return new Database(directory === ':memory:' ? directory : prepareStateDirectory(directory));
}
