import { DatabaseSync } from 'node:sqlite'
import { bury, redrive, removeDead } from './sqlite-graveyard.ts'
import { claim, extend, put, release, retry } from './sqlite-jobs.ts'
import { SettledKeys } from './sqlite-keys.ts'
import type { Answer, ClaimedRow, DeadRow, Request, Standing, StoreOptions } from './sqlite-protocol.ts'
import { checkSqliteVersion, migrate } from './sqlite-schema.ts'
import { SQL } from './sqlite-sql.ts'
import { Statements } from './sqlite-statements.ts'
import { heedClock, tidy } from './sqlite-tidy.ts'
import { type Found, type Line, type Outlook, type Transaction, nothingFound } from './sqlite-transaction.ts'
import { verify } from './sqlite-verify.ts'

/**
 * The file: every batch of requests is one transaction, and is answered after its COMMIT.
 *
 * All of it is synchronous, because it has a thread of its own. It may share the file with other processes: nothing it
 * remembers is believed once `PRAGMA data_version` says that another one has written.
 */
export class SqliteStore {
  readonly #db: DatabaseSync
  readonly #options: StoreOptions
  readonly #now: () => number
  readonly #sql: Statements
  readonly #keys = new SettledKeys()
  #dataVersion: unknown
  #classes: readonly string[] = []
  #line: Line | undefined
  #standing: Standing | undefined

  /** @throws {Error} SQLite's own, or a `StorageError`. */
  constructor(options: StoreOptions, now: () => number = Date.now) {
    this.#options = options
    this.#now = now
    this.#db = new DatabaseSync(options.path, { timeout: options.busyMs })
    this.#sql = new Statements(this.#db)
    try {
      const version: unknown = this.#sql.get('SELECT sqlite_version() AS version')?.version
      checkSqliteVersion(String(version), options.path)
      this.#prepareFile()
    } catch (error) {
      this.#db.close()
      throw error
    }
  }

  /** For backups. */
  get db(): DatabaseSync {
    return this.#db
  }

  /** Does all of it or, when it throws, none of it. */
  run(requests: readonly Request[]): { readonly answers: readonly Answer[]; readonly standing: Standing } {
    if (this.#isIdle(requests)) return { answers: requests.map(() => []), standing: this.#standing as Standing }
    this.#sql.run(SQL.begin)
    try {
      const before = this.#refresh()
      const tx = this.#begin({ ...before })
      const { line, nowMs, found, outlook } = tx
      heedClock(tx)
      if (outlook.nextAt === undefined || (outlook.nextAt !== null && outlook.nextAt <= nowMs)) tidy(tx, this.#keys)
      const answers = this.#answer(tx, requests)
      if (line.clock_ms < nowMs) line.clock_ms = nowMs
      if (hasChanged(before, line))
        this.#sql.run(SQL.writeLine, line.next, line.ready, line.delayed, line.leased, line.dead, line.clock_ms)
      const standing = this.#look(tx)
      this.#sql.run(SQL.commit)
      this.#standing = { ...standing, ...nothingFound() }
      this.#line = line
      return { answers, standing: { ...standing, ...found } }
    } catch (error) {
      this.#line = this.#standing = undefined
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw error
    }
  }

  /** Everything that is wrong with the file, in words; empty when it is sound. O(file). */
  verify(): string[] {
    try {
      this.#db.exec('BEGIN')
      return verify(this.#sql)
    } catch (error) {
      return [(error as Error).message]
    } finally {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
    }
  }

  close(): void {
    this.#db.close()
  }

  #prepareFile(): void {
    const { path, classes, synchronous, maxBytes } = this.#options
    this.#db.exec('PRAGMA journal_mode = WAL')
    this.#db.exec(`PRAGMA synchronous = ${synchronous}`)
    migrate(this.#db, path)
    for (const name of classes) this.#sql.run(SQL.addClass, name)
    const pageSize = Number(this.#sql.get('PRAGMA page_size')?.page_size)
    if (Number.isFinite(maxBytes))
      this.#db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxBytes / pageSize))}`)
  }

  /** Nothing but claims, nothing to hand out, and nobody has written since that was known: not worth a transaction. */
  #isIdle(requests: readonly Request[]): boolean {
    const standing = this.#standing
    if (!standing || standing.ready > 0) return false
    if (requests.some(({ kind }) => kind !== 'claim')) return false
    if (standing.nextAt !== null && standing.nextAt <= this.#now()) return false
    return this.#readDataVersion() === this.#dataVersion
  }

  #begin(line: Line): Transaction {
    const { oldestAt, nextAt } = this.#standing ?? {}
    const outlook: Outlook = { oldestAt, nextAt }
    const found: Found = nothingFound()
    return { sql: this.#sql, options: this.#options, classes: this.#classes, line, found, outlook, nowMs: this.#now() }
  }

  /** What is remembered of the file, read anew when another connection has written to it. */
  #refresh(): Line {
    const dataVersion = this.#readDataVersion()
    if (dataVersion !== this.#dataVersion || !this.#line) {
      const { classes } = this.#options
      const known = this.#sql.all(SQL.classes).map(({ name }) => String(name))
      this.#classes = [...classes, ...known.filter((name) => !classes.includes(name))]
      this.#dataVersion = dataVersion
      this.#standing = undefined
      this.#line = this.#sql.get(SQL.readLine) as unknown as Line
    }
    return this.#line
  }

  #readDataVersion(): unknown {
    return this.#sql.get('PRAGMA data_version')?.data_version
  }

  /** What frees comes first, then what makes room, then what needs it, then those who found nothing before. */
  #answer(tx: Transaction, requests: readonly Request[]): Answer[] {
    const answers = requests.map((request) =>
      request.kind === 'put' || request.kind === 'claim' ? 'done' : this.#settle(tx, request),
    )
    for (const [index, request] of requests.entries())
      if (request.kind === 'claim') answers[index] = claim(tx, request.count)
    for (const [index, request] of requests.entries()) if (request.kind === 'put') answers[index] = put(tx, request)
    for (const [index, request] of requests.entries()) {
      if (request.kind !== 'claim' || tx.line.ready === 0) continue
      const got = answers[index] as readonly ClaimedRow[]
      if (got.length < request.count) answers[index] = [...got, ...claim(tx, request.count - got.length)]
    }
    return answers
  }

  #settle(tx: Transaction, request: Exclude<Request, { kind: 'put' | 'claim' }>): Answer {
    switch (request.kind) {
      case 'ack':
        return this.#ack(tx, request.id, request.fence)
      case 'retry':
        return retry(tx, request)
      case 'release':
        return release(tx, request.id, request.fence)
      case 'extend':
        return extend(tx, request.id, request.fence, request.ms)
      case 'dead-letter':
        return bury(tx, this.#keys, request.id, request.fence, request.error)
      case 'list-dead':
        return this.#sql.all(SQL.listDead, request.after, request.limit) as unknown as readonly DeadRow[]
      case 'redrive':
        return redrive(tx, request.id)
      case 'remove-dead':
        return removeDead(tx, request.id)
      default:
        return request satisfies never
    }
  }

  #ack(tx: Transaction, id: number, fence: number): Answer {
    if (this.#options.dedupWindowMs === 0) {
      if (this.#sql.run(SQL.ack, id, fence) === 0) return 'lost'
    } else {
      const row = this.#sql.get(SQL.ackKeyed, id, fence)
      if (!row) return 'lost'
      this.#keys.remember(tx, row.key)
    }
    tx.line.leased--
    return 'done'
  }

  #look(tx: Transaction): Omit<Standing, keyof Found> {
    const { line, outlook } = tx
    const { oldestAt = this.#findOldest(tx), nextAt = this.#findNext() } = outlook
    const { ready, delayed, leased, dead } = line
    return { ready, delayed, leased, dead, oldestAt, nextAt }
  }

  #findOldest({ line, classes }: Transaction): number | null {
    if (line.ready === 0) return null
    const heads = classes.map((name) => this.#sql.get(SQL.oldest, name, 1)?.since)
    return earliest(heads)
  }

  #findNext(): number | null {
    const next = this.#sql.get(SQL.nextAt)
    return earliest([next?.until, next?.expires])
  }
}

function earliest(times: readonly unknown[]): number | null {
  const known = times.filter((each) => typeof each === 'number')
  return known.length === 0 ? null : Math.min(...known)
}

function hasChanged(before: Line, after: Line): boolean {
  return (Object.keys(before) as (keyof Line)[]).some((name) => before[name] !== after[name])
}
