import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { appendSamples, appendSeries } from './duckdb-append.ts'
import type { AppendRequest, DuckDbFileOptions, FileState, SeriesRow } from './duckdb-protocol.ts'
import type { SampleTable } from './duckdb-sql.ts'

const VERSION = 1
const DAY_MS = 86_400_000
const INTERRUPT_MS = 10
/** As many rows DuckDB compresses, and skips, as one. */
const ROW_GROUP = 122_880
const COLUMNS = '(series UINTEGER, ts BIGINT, value DOUBLE)'
/** A key is known for this many later ones. */
const KEYS_KEPT = 100_000

/**
 * The database file, inside the thread that has it.
 *
 * New samples go to the table `recent_<n>`, each append sorted by series and time. From there they are moved, sorted
 * again, to the table of their day, `day_<days since 1970>`, and the recent table is dropped. So a day is a number of sorted
 * runs; when a quarter of it has come since it was sorted, it is sorted as a whole. Retention drops days. All of it is transactions: who
 * reads sees each sample once, in one table or the other.
 */
export class DuckDbFile {
  readonly #options: DuckDbFileOptions
  #database: DuckDBInstance | undefined
  #writer: DuckDBConnection | undefined
  #mover: DuckDBConnection | undefined
  /** Recent tables, oldest first; the last one is written to. */
  #recent: { readonly number: number; samples: number }[] = []
  /** Days with how many samples they have, and how many of them are one sorted run. */
  readonly #days = new Map<string, { samples: number; sorted: number }>()
  #position = 0
  #keys = 0
  #moving: Promise<unknown> = Promise.resolve()
  #writing: Promise<unknown> = Promise.resolve()
  #isOpen = false
  readonly #readers = new Set<DuckDBConnection>()

  constructor(options: DuckDbFileOptions) {
    this.#options = options
  }

  get state(): FileState {
    let samples = 0
    for (const table of this.#recent) samples += table.samples
    for (const day of this.#days.values()) samples += day.samples
    return {
      samples,
      bytes: sizeOf(this.#options.path) + sizeOf(`${this.#options.path}.wal`),
      position: this.#position,
    }
  }

  /** Tables with samples, for the statements that read them. */
  get tables(): readonly SampleTable[] {
    return [
      ...this.#recent.map(({ number }) => ({
        name: `recent_${number}`,
        fromMs: Number.NEGATIVE_INFINITY,
        toMs: Number.POSITIVE_INFINITY,
      })),
      ...[...this.#days.keys()].map((name) => ({ name, fromMs: dayStart(name), toMs: dayStart(name) + DAY_MS - 1 })),
    ]
  }

  /** When those who were refused a table, because it was moved meanwhile, can ask again. */
  get settled(): Promise<unknown> {
    return this.#moving
  }

  /** Opens the file, makes it when there is none, and reads what it has. */
  async open(): Promise<{ readonly series: readonly SeriesRow[]; readonly keys: readonly string[] }> {
    mkdirSync(dirname(this.#options.path), { recursive: true })
    this.#database = await DuckDBInstance.create(this.#options.path, {
      threads: String(this.#options.threads),
      memory_limit: this.#options.memoryLimit,
      // Checkpoints move what was committed into its columns; with each of them the file is written anew in part.
      checkpoint_threshold: '64MB',
    })
    this.#writer = await this.#database.connect()
    this.#mover = await this.#database.connect()
    await this.#writer.run(`
      BEGIN;
      CREATE TABLE IF NOT EXISTS meta (key VARCHAR, value BIGINT);
      INSERT INTO meta SELECT key, value FROM (VALUES ('version', ${VERSION}), ('position', 0)) t(key, value)
        WHERE NOT EXISTS (SELECT 1 FROM meta);
      CREATE TABLE IF NOT EXISTS series (id UINTEGER, name VARCHAR, tags VARCHAR);
      CREATE TABLE IF NOT EXISTS batches (number BIGINT, key VARCHAR);
      CREATE TABLE IF NOT EXISTS days (day VARCHAR, sorted BIGINT);
      COMMIT;`)
    const version = await this.#number(`SELECT value::DOUBLE FROM meta WHERE key = 'version'`)
    if (version !== VERSION)
      throw new Error(`${this.#options.path} has version ${version}, this program reads ${VERSION}`)
    this.#position = await this.#number(`SELECT value::DOUBLE FROM meta WHERE key = 'position'`)
    await this.#readTables()
    const series = await this.#rows('SELECT id, name, tags FROM series ORDER BY id')
    const keys = await this.#rows('SELECT number::DOUBLE, key FROM batches ORDER BY number')
    this.#keys = Number(keys.at(-1)?.[0] ?? 0)
    this.#isOpen = true
    return {
      series: series.map(([id, name, tags]) => ({ id: Number(id), name: String(name), tags: String(tags) })),
      keys: keys.map(([, key]) => String(key)),
    }
  }

  /** A connection for one query. */
  async connect(): Promise<DuckDBConnection> {
    if (!this.#database) throw new Error('the file is not open')
    const reader = await this.#database.connect()
    this.#readers.add(reader)
    return reader
  }

  /** Gives the connection of a query back. */
  release(reader: DuckDBConnection): void {
    if (this.#readers.delete(reader)) reader.closeSync()
  }

  /** All or nothing, on the disk when it resolves. */
  async append(request: AppendRequest): Promise<void> {
    await this.#write(async (writer) => await this.#append(writer, request))
    if ((this.#recent.at(-1)?.samples ?? 0) >= this.#options.compactSamples)
      void this.#move(false).catch(() => undefined)
  }

  async #append(writer: DuckDBConnection, request: AppendRequest): Promise<void> {
    const table = this.#recent.at(-1)
    if (!table) throw new Error('there is no table to write to')
    const { position, newSeries, keys } = request
    await writer.run('BEGIN')
    try {
      if (newSeries.length > 0) await appendSeries(writer, newSeries)
      await appendSamples(writer, `recent_${table.number}`, request)
      if (position > 0) await writer.run(`UPDATE meta SET value = ${position} WHERE key = 'position'`)
      if (keys.length > 0) await this.#appendKeys(writer, keys)
      await writer.run('COMMIT')
    } catch (error) {
      await this.#recover(writer)
      throw error
    }
    table.samples += request.series.length
    if (position > 0) this.#position = position
    this.#keys += keys.length
  }

  /** Moves what is recent to its days, and sorts the days that need it, or with `isWhole` all that are not. */
  async compact(isWhole: boolean): Promise<void> {
    await this.#move(isWhole)
    await this.#serially(async (mover) => void (await mover.run('CHECKPOINT').catch(() => undefined)))
  }

  /** Removes what is older. Resolves with how many samples went. */
  async retain(beforeMs: number): Promise<number> {
    const before = this.state.samples
    const gone = [...this.#days.keys()].filter((day) => dayStart(day) + DAY_MS <= beforeMs)
    const cut = this.tables.filter(
      ({ name, fromMs, toMs }) => !gone.includes(name) && fromMs < beforeMs && toMs >= beforeMs,
    )
    await this.#serially(async (mover) => {
      await this.#transaction(mover, async () => {
        for (const day of gone) await mover.run(`DROP TABLE ${day}; DELETE FROM days WHERE day = '${day}'`)
      })
      for (const day of gone) this.#days.delete(day)
      for (const { name } of cut) {
        if (!this.tables.some((table) => table.name === name)) continue
        await mover.run(`DELETE FROM ${name} WHERE ts < ${beforeMs}`)
      }
      await this.#count(mover)
      if (this.state.samples < before) await mover.run('CHECKPOINT').catch(() => undefined)
    })
    return before - this.state.samples
  }

  /** A copy in a file of its own, as everything is at this moment. */
  async backup(path: string): Promise<void> {
    await this.#serially(async (mover) => {
      await mover.run(`ATTACH '${path.replaceAll("'", "''")}' AS copy`)
      try {
        const main = String((await mover.runAndReadAll('SELECT current_database()')).getRows()[0]?.[0])
        await mover.run(`COPY FROM DATABASE "${main}" TO copy`)
      } finally {
        await mover.run('DETACH copy')
      }
    })
  }

  async close(): Promise<void> {
    this.#isOpen = false
    await this.#writing
    await this.#moving
    await this.#writer?.run('CHECKPOINT').catch(() => undefined)
    this.#release()
  }

  #release(): void {
    for (const connection of [this.#writer, this.#mover]) connection?.closeSync()
    this.#database?.closeSync()
    this.#writer = undefined
    this.#mover = undefined
    this.#database = undefined
  }

  /** After a failure, such as a full disk, DuckDB may refuse everything until the file is opened again. */
  async #recover(writer: DuckDBConnection): Promise<void> {
    await writer.run('ROLLBACK').catch(() => undefined)
    const isWell = await writer.run('SELECT 1').then(
      () => true,
      () => false,
    )
    if (isWell) return
    await this.#moving
    // A connection can't be closed while it works.
    while (this.#readers.size > 0) {
      for (const reader of this.#readers) reader.interrupt()
      await new Promise<void>((resolve) => void setTimeout(resolve, INTERRUPT_MS))
    }
    this.#release()
  }

  /** One job of those that write after the other. Opens the file when a failure has closed it. */
  async #write<T>(job: (writer: DuckDBConnection) => Promise<T>): Promise<T> {
    const result = this.#writing.then(async () => {
      if (!this.#writer && this.#isOpen) await this.open()
      if (!this.#writer) throw new Error('the file is not open')
      return await job(this.#writer)
    })
    this.#writing = result.catch(() => undefined)
    return await result
  }

  async #readTables(): Promise<void> {
    const names = (await this.#rows("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'recent_%'")).map(
      ([name]) => String(name),
    )
    this.#recent = names
      .map((name) => ({ number: Number(name.slice('recent_'.length)), samples: 0 }))
      .toSorted((a, b) => a.number - b.number)
    this.#days.clear()
    const days = await this.#rows('SELECT day, sorted::DOUBLE FROM days')
    for (const [day, sorted] of days) this.#days.set(String(day), { samples: 0, sorted: Number(sorted) })
    if (this.#recent.length === 0) {
      await this.#writer?.run(`CREATE TABLE recent_1 ${COLUMNS}`)
      this.#recent.push({ number: 1, samples: 0 })
    }
    if (this.#writer) await this.#count(this.#writer)
  }

  async #count(connection: DuckDBConnection): Promise<void> {
    const count = async (name: string): Promise<number> =>
      Number((await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${name}`)).getRows()[0]?.[0] ?? 0)
    for (const table of this.#recent) table.samples = await count(`recent_${table.number}`)
    for (const [name, day] of this.#days) day.samples = await count(name)
  }

  async #appendKeys(writer: DuckDBConnection, keys: readonly string[]): Promise<void> {
    const rows = keys.map((key, index) => `(${this.#keys + index + 1}, '${key.replaceAll("'", "''")}')`)
    await writer.run(`INSERT INTO batches VALUES ${rows.join(',')}`)
    const last = this.#keys + keys.length
    if (Math.floor(last / KEYS_KEPT) !== Math.floor(this.#keys / KEYS_KEPT))
      await writer.run(`DELETE FROM batches WHERE number <= ${last - KEYS_KEPT}`)
  }

  /** One job of this kind after the other, on a connection of their own. */
  async #serially<T>(job: (mover: DuckDBConnection) => Promise<T>): Promise<T> {
    const before = this.#moving.catch(() => undefined)
    const result = before.then(async () => {
      if (!this.#mover) throw new Error('the file is not open')
      return await job(this.#mover)
    })
    this.#moving = result.catch(() => undefined)
    return await result
  }

  async #transaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
    await connection.run('BEGIN')
    try {
      await work()
      await connection.run('COMMIT')
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined)
      throw error
    }
  }

  /** Moves what is recent, and sorts the days that have grown by a quarter since, or when `isWhole` all that are in parts. */
  async #move(isWhole: boolean): Promise<void> {
    await this.#write(async (writer) => {
      const current = this.#recent.at(-1)
      if (!current || current.samples === 0) return
      await writer.run(`CREATE TABLE recent_${current.number + 1} ${COLUMNS}`)
      this.#recent.push({ number: current.number + 1, samples: 0 })
    })
    await this.#serially(async (mover) => {
      for (const table of this.#recent.slice(0, -1)) await this.#moveTable(mover, table)
      for (const [day, { samples, sorted }] of this.#days) {
        const loose = samples - sorted
        if (isWhole ? loose > 0 : loose >= Math.max(ROW_GROUP, samples / 4)) await this.#sortDay(mover, day)
      }
    })
  }

  async #moveTable(
    mover: DuckDBConnection,
    table: { readonly number: number; readonly samples: number },
  ): Promise<void> {
    const name = `recent_${table.number}`
    const starts = await mover.runAndReadAll(
      `SELECT (ts // ${DAY_MS})::DOUBLE AS day, count(*)::DOUBLE FROM ${name} GROUP BY day`,
    )
    const days = starts.getRows().map(([day, samples]) => ({ start: Number(day) * DAY_MS, samples: Number(samples) }))
    await this.#transaction(mover, async () => {
      for (const { start, samples } of days) {
        const day = dayName(start)
        await mover.run(`CREATE TABLE IF NOT EXISTS ${day} ${COLUMNS}`)
        const ofTheDay = `ts BETWEEN ${start} AND ${start + DAY_MS - 1}`
        await mover.run(`INSERT INTO ${day} SELECT * FROM ${name} WHERE ${ofTheDay} ORDER BY series, ts, value`)
        if (!this.#days.has(day)) await mover.run(`INSERT INTO days VALUES ('${day}', ${samples})`)
      }
      await mover.run(`DROP TABLE ${name}`)
    })
    this.#recent = this.#recent.filter((other) => other !== table)
    for (const { start, samples } of days) {
      const day = this.#days.get(dayName(start))
      if (day) day.samples += samples
      else this.#days.set(dayName(start), { samples, sorted: samples })
    }
  }

  async #sortDay(mover: DuckDBConnection, day: string): Promise<void> {
    const known = this.#days.get(day)
    if (!known) return
    await this.#transaction(mover, async () => {
      await mover.run(`CREATE TABLE sorted AS SELECT * FROM ${day} ORDER BY series, ts, value`)
      await mover.run(`DROP TABLE ${day}`)
      await mover.run(`ALTER TABLE sorted RENAME TO ${day}`)
      await mover.run(`UPDATE days SET sorted = ${known.samples} WHERE day = '${day}'`)
    })
    known.sorted = known.samples
  }

  async #rows(sql: string): Promise<readonly (readonly unknown[])[]> {
    if (!this.#writer) throw new Error('the file is not open')
    return (await this.#writer.runAndReadAll(sql)).getRows()
  }

  async #number(sql: string): Promise<number> {
    return Number((await this.#rows(sql))[0]?.[0] ?? 0)
  }
}

const dayName = (startMs: number): string => `day_${Math.floor(startMs / DAY_MS)}`

const dayStart = (name: string): number => Number(name.slice('day_'.length)) * DAY_MS

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
