import { bury } from './sqlite-graveyard.ts'
import type { SettledKeys } from './sqlite-keys.ts'
import { SQL } from './sqlite-sql.ts'
import type { Row } from './sqlite-statements.ts'
import { type Transaction, lookAnew } from './sqlite-transaction.ts'

/** A wall clock that was set back by more than this has its times moved along. */
const CLOCK_TOLERANCE_MS = 1_000

/** The wall clock was set back: what ends "in a while" by the old clock would otherwise end in hours. */
export function heedClock(tx: Transaction): void {
  const { sql, line, nowMs } = tx
  const backMs = line.clock_ms - nowMs
  if (backMs <= CLOCK_TOLERANCE_MS) return
  sql.run(SQL.moveTimes, backMs, backMs, backMs)
  sql.run(SQL.moveSettled, backMs)
  line.clock_ms = nowMs
  lookAnew(tx)
}

/** What time has brought: delays over, leases run out, deadlines passed. */
export function tidy(tx: Transaction, keys: SettledKeys): void {
  const { sql, line, found, nowMs } = tx
  lookAnew(tx)
  for (const row of sql.all(SQL.due, nowMs)) {
    if (row.state === 1) leaseRanOut(tx, keys, row)
    else {
      sql.run(SQL.undelay, line.next++, nowMs, row.id as number)
      line.delayed--
      line.ready++
    }
  }
  const expired = sql.all(SQL.expire, nowMs)
  for (const { state } of expired) {
    if (state === 0) line.ready--
    else line.delayed--
  }
  found.expired += expired.length
}

function leaseRanOut(tx: Transaction, keys: SettledKeys, { id, attempt, fence }: Row): void {
  const { sql, line, found, options } = tx
  found.leasesLost++
  if (Number(attempt) < options.maxDeliveries) {
    sql.run(SQL.giveBack, id as number)
    line.leased--
    line.ready++
    return
  }
  found.poisoned++
  const error = {
    name: 'LeaseLostError',
    code: 'ERR_LEASE_LOST',
    message: `its lease ran out at attempt ${Number(attempt)}: the worker crashed or hung`,
  }
  bury(tx, keys, id as number, fence as number, JSON.stringify(error))
}
