import type { SQLInputValue } from 'node:sqlite'
import { hasRoom, revive } from './sqlite-jobs.ts'
import type { SettledKeys } from './sqlite-keys.ts'
import type { Answer } from './sqlite-protocol.ts'
import { SQL } from './sqlite-sql.ts'
import type { Row } from './sqlite-statements.ts'
import type { Transaction } from './sqlite-transaction.ts'

/** Makes a leased item a dead letter. `error` is JSON. */
export function bury(tx: Transaction, keys: SettledKeys, id: number, fence: number, error: string): Answer {
  const row = tx.sql.get(SQL.remove, id, fence)
  if (!row) return 'lost'
  tx.line.leased--
  keys.remember(tx, row.key)
  keep(tx, row, joinErrors(row.errors, error, tx.options.maxErrors))
  return 'done'
}

export function redrive(tx: Transaction, id: number): Answer {
  if (!hasRoom(tx)) return 'full'
  const row = tx.sql.get(SQL.findDead, id)
  if (!row) return 'lost'
  if (row.key !== null && tx.sql.get(SQL.findKey, row.key as string)) return 'duplicate'
  removeDead(tx, id)
  revive(tx, row)
  return 'done'
}

export function removeDead({ sql, line }: Transaction, id: number): Answer {
  if (sql.run(SQL.removeDead, id) === 0) return 'lost'
  line.dead--
  return 'done'
}

/** In place of the oldest when there is no room. */
function keep({ sql, line, options, found, nowMs }: Transaction, row: Row, errors: string): void {
  const { deadLetterCapacity } = options
  while (line.dead > 0 && line.dead >= deadLetterCapacity) {
    sql.run(SQL.dropOldestDead)
    line.dead--
    found.deadDropped++
  }
  if (deadLetterCapacity === 0) {
    found.deadDropped++
    return
  }
  const value = (name: string): SQLInputValue => row[name] as SQLInputValue
  sql.run(
    SQL.insertDead,
    line.next++,
    value('class'),
    value('item'),
    Number(row.earlier) + Number(row.attempt),
    value('created_at'),
    nowMs,
    value('key'),
    errors,
    value('redrives'),
    value('tenant'),
    value('headers'),
  )
  line.dead++
}

/** Chains are JSON arrays of the last `max` errors, the last one last. */
function joinErrors(chain: unknown, error: string, max: number): string {
  const errors: unknown[] = typeof chain === 'string' ? (JSON.parse(chain) as unknown[]) : []
  return JSON.stringify([...errors, JSON.parse(error)].slice(-max))
}
