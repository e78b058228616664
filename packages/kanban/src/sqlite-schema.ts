import type { DatabaseSync } from 'node:sqlite'
import { StorageError } from './sqlite-errors.ts'

/** Marks a file as one of ours: "TPSk". */
export const APPLICATION_ID = 0x54_50_53_6b

/**
 * Each step takes a file from the version of its index to the next. They are never changed once published, only added to.
 *
 * `state` is 0 ready, 1 leased, 2 delayed; `until` is when that lease or delay ends. Times are ms since 1970. `line` counts
 * what `jobs` and `dead` hold: it is written in the transaction that changes them, so it can't be off, whoever is killed.
 */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE jobs (
     id INTEGER PRIMARY KEY,
     class TEXT NOT NULL,
     state INTEGER NOT NULL DEFAULT 0,
     place INTEGER NOT NULL,
     item ANY NOT NULL,
     attempt INTEGER NOT NULL DEFAULT 0,
     fence INTEGER NOT NULL DEFAULT 0,
     created_at INTEGER NOT NULL,
     since INTEGER NOT NULL,
     until INTEGER,
     expires_at INTEGER,
     key TEXT,
     errors TEXT
   ) STRICT;
   CREATE INDEX jobs_ready ON jobs (class, place) WHERE state = 0;
   CREATE INDEX jobs_until ON jobs (until) WHERE state > 0;
   CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL AND state <> 1;
   CREATE UNIQUE INDEX jobs_key ON jobs (key) WHERE key IS NOT NULL;
   CREATE TABLE dead (
     id INTEGER PRIMARY KEY,
     class TEXT NOT NULL,
     item ANY NOT NULL,
     attempt INTEGER NOT NULL,
     created_at INTEGER NOT NULL,
     died_at INTEGER NOT NULL,
     key TEXT,
     errors TEXT NOT NULL,
     redrives INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE classes (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
   CREATE TABLE line (
     one INTEGER PRIMARY KEY CHECK (one = 1),
     next INTEGER NOT NULL,
     ready INTEGER NOT NULL,
     delayed INTEGER NOT NULL,
     leased INTEGER NOT NULL,
     dead INTEGER NOT NULL,
     clock_ms INTEGER NOT NULL
   ) STRICT;
   INSERT INTO line VALUES (1, 1, 0, 0, 0, 0, 0);`,

  // What travels with an item, how often it came back from the dead, and which keys were settled lately.
  `ALTER TABLE jobs ADD COLUMN tenant TEXT;
   ALTER TABLE jobs ADD COLUMN headers TEXT;
   ALTER TABLE jobs ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE jobs ADD COLUMN earlier INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE dead ADD COLUMN tenant TEXT;
   ALTER TABLE dead ADD COLUMN headers TEXT;
   CREATE TABLE settled (key TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE INDEX settled_until ON settled (until);`,
]

/** Brings the file to the present version. Several processes may open it at once. */
export function migrate(db: DatabaseSync, path: string): void {
  const read = (pragma: string): number =>
    Number(Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? { value: 0 })[0])
  const isCurrent = (): boolean =>
    read('application_id') === APPLICATION_ID && read('user_version') === MIGRATIONS.length
  if (isCurrent()) return
  db.exec('BEGIN IMMEDIATE')
  try {
    const version = read('user_version')
    const isOurs = read('application_id') === APPLICATION_ID
    const isEmpty = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0
    if (!isOurs && !isEmpty)
      throw new StorageError(
        'ERR_STORAGE_FOREIGN',
        path,
        'it is a database of something else: give the queue a file of its own',
      )
    if (version > MIGRATIONS.length)
      throw new StorageError(
        'ERR_STORAGE_VERSION',
        path,
        `it was written by a newer version of @tps/kanban (format ${version}, this one knows ${MIGRATIONS.length}): update the package`,
      )
    for (const step of MIGRATIONS.slice(version)) db.exec(step)
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length}`)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** SQLite before this version can corrupt a file when its WAL is reset (fixed in 3.51.3). */
const OLDEST = [3, 51, 3] as const

/** @throws {StorageError} when the SQLite inside this Node is too old to be trusted with the file. */
export function checkSqliteVersion(version: string, path: string): void {
  const parts = version.split('.').map(Number)
  for (const [index, least] of OLDEST.entries()) {
    const part = parts[index] ?? 0
    if (part > least) return
    if (part < least)
      throw new StorageError(
        'ERR_SQLITE_TOO_OLD',
        path,
        `SQLite ${version} can corrupt it (WAL reset): update Node.js (24.21 has 3.53.4)`,
      )
  }
}
