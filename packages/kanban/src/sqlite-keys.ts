import { SQL } from './sqlite-sql.ts'
import type { Transaction } from './sqlite-transaction.ts'

/** The keys of settled items, for `dedupWindowMs`. */
export class SettledKeys {
  #untrimmed = 0

  remember({ sql, options, nowMs }: Transaction, key: unknown): void {
    const { dedupWindowMs, maxKeys } = options
    if (typeof key !== 'string' || dedupWindowMs === 0) return
    sql.run(SQL.settle, key, Math.ceil(nowMs + dedupWindowMs))
    // Trimmed a tenth at a time: counting them costs as much as there are.
    if (++this.#untrimmed <= maxKeys / 10) return
    this.#untrimmed = 0
    sql.run(SQL.forgetSettled, nowMs)
    sql.run(SQL.forgetOldest, maxKeys)
  }
}
