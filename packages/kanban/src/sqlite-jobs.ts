import type { SQLInputValue } from 'node:sqlite'
import type { Answer, ClaimedRow, PutAnswer, Request } from './sqlite-protocol.ts'
import { SQL } from './sqlite-sql.ts'
import type { Row } from './sqlite-statements.ts'
import type { Transaction } from './sqlite-transaction.ts'

export function hasRoom({ line, options }: Transaction): boolean {
  return line.ready + line.delayed < options.capacity
}

export function put(tx: Transaction, asked: Extract<Request, { kind: 'put' }>): PutAnswer {
  const { sql, line, nowMs } = tx
  if (asked.key !== null) {
    const twin = sql.get(SQL.findKey, asked.key)
    if (twin) return { how: 'duplicate', id: Number(twin.id) }
    if (sql.get(SQL.findSettled, asked.key, nowMs)) return { how: 'duplicate', id: 0 }
  }
  if (!hasRoom(tx)) return { how: 'full', id: 0 }
  const id = line.next++
  const isDelayed = asked.delayMs > 0
  if (isDelayed) line.delayed++
  else line.ready++
  sql.run(
    SQL.insert,
    id,
    asked.class,
    isDelayed ? 2 : 0,
    id,
    asked.item,
    nowMs,
    nowMs,
    isDelayed ? Math.ceil(nowMs + asked.delayMs) : null,
    asked.deadlineMs === null ? null : Math.ceil(nowMs + asked.deadlineMs),
    asked.key,
    asked.tenant,
    asked.headers,
    0,
  )
  return { how: 'in', id }
}

/** Those that have waited too long first, then class after class. */
export function claim(tx: Transaction, count: number): readonly ClaimedRow[] {
  const { sql, line, nowMs, options, classes } = tx
  if (line.ready === 0) return []
  const rows: ClaimedRow[] = []
  const until = Math.ceil(nowMs + options.leaseMs)
  for (const { id } of aged(tx, count)) rows.push(...inOrder(sql.all(SQL.claimOne, until, id)))
  for (const name of classes) {
    if (rows.length >= count || rows.length >= line.ready) break
    rows.push(...inOrder(sql.all(SQL.claim, until, name, count - rows.length)))
  }
  line.ready -= rows.length
  line.leased += rows.length
  return rows
}

export function retry(tx: Transaction, asked: Extract<Request, { kind: 'retry' }>): Answer {
  const { sql, line, nowMs, options } = tx
  const { id, fence, delayMs, error } = asked
  const isDelayed = delayMs > 0
  const until = isDelayed ? Math.ceil(nowMs + delayMs) : null
  const values = [isDelayed ? 2 : 0, line.next, nowMs, until, error, options.maxErrors, id, fence]
  if (sql.run(SQL.retry, ...values) === 0) return 'lost'
  line.next++
  line.leased--
  if (isDelayed) line.delayed++
  else line.ready++
  return 'done'
}

export function release({ sql, line }: Transaction, id: number, fence: number): Answer {
  if (sql.run(SQL.release, id, fence) === 0) return 'lost'
  line.leased--
  line.ready++
  return 'done'
}

export function extend({ sql, nowMs }: Transaction, id: number, fence: number, ms: number): Answer {
  return sql.run(SQL.extend, Math.ceil(nowMs + ms), id, fence) === 0 ? 'lost' : 'done'
}

/** Puts a dead letter back: attempts begin anew, the chain of errors stays. */
export function revive({ sql, line, nowMs }: Transaction, row: Row): void {
  const place = line.next++
  const value = (name: string): SQLInputValue => row[name] as SQLInputValue
  sql.run(
    SQL.insert,
    place,
    value('class'),
    0,
    place,
    value('item'),
    value('created_at'),
    nowMs,
    null,
    null,
    value('key'),
    value('tenant'),
    value('headers'),
    Number(row.redrives) + 1,
  )
  sql.run(SQL.carryErrors, value('errors'), value('attempt'), place)
  line.ready++
}

/** SQLite returns updated rows in any order. */
function inOrder(rows: readonly Row[]): ClaimedRow[] {
  return (rows as unknown as readonly (ClaimedRow & { readonly place: number })[]).toSorted((a, b) => a.place - b.place)
}

/** Those of less urgent classes that have waited longer than the ageing bound, longest first. */
function aged({ sql, options, classes, nowMs }: Transaction, count: number): readonly { readonly id: number }[] {
  const [, ...lower] = classes
  if (lower.length === 0 || options.maxAgeMs === Number.POSITIVE_INFINITY) return []
  return lower
    .flatMap((name) => sql.all(SQL.oldest, name, count) as unknown as { id: number; since: number }[])
    .filter(({ since }) => nowMs - since > options.maxAgeMs)
    .toSorted((a, b) => a.since - b.since)
    .slice(0, count)
}
