import type { SQLInputValue } from 'node:sqlite'
import type { Answer, ClaimedRow, PutAnswer, Request } from './sqlite-protocol.ts'
import { SQL } from './sqlite-sql.ts'
import type { Row } from './sqlite-statements.ts'
import { type Transaction, hasJoined, lookAnew, willEnd } from './sqlite-transaction.ts'

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
  const delayedUntil = asked.delayMs > 0 ? Math.ceil(nowMs + asked.delayMs) : null
  const expiresAt = asked.deadlineMs === null ? null : Math.ceil(nowMs + asked.deadlineMs)
  if (delayedUntil === null) hasJoined(tx)
  else {
    line.delayed++
    willEnd(tx, delayedUntil)
  }
  if (expiresAt !== null) willEnd(tx, expiresAt)
  sql.run(
    SQL.insert,
    id,
    asked.class,
    delayedUntil === null ? 0 : 2,
    id,
    asked.item,
    nowMs,
    nowMs,
    delayedUntil,
    expiresAt,
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
  tx.outlook.oldestAt = undefined
  if (rows.length > 0) willEnd(tx, until)
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
  lookAnew(tx)
  return 'done'
}

export function release(tx: Transaction, id: number, fence: number): Answer {
  const { sql, line } = tx
  if (sql.run(SQL.release, id, fence) === 0) return 'lost'
  line.leased--
  line.ready++
  lookAnew(tx)
  return 'done'
}

export function extend(tx: Transaction, id: number, fence: number, ms: number): Answer {
  const until = Math.ceil(tx.nowMs + ms)
  if (tx.sql.run(SQL.extend, until, id, fence) === 0) return 'lost'
  willEnd(tx, until)
  return 'done'
}

/** Puts a dead letter back: attempts begin anew, the chain of errors stays. */
export function revive(tx: Transaction, row: Row): void {
  const { sql, line, nowMs } = tx
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
  hasJoined(tx)
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
