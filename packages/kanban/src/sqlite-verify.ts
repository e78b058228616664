import { SQL } from './sqlite-sql.ts'
import type { Statements } from './sqlite-statements.ts'
import type { Line } from './sqlite-transaction.ts'

/** What is wrong with the file: by SQLite's own check, then by counting what the line counts. */
export function verify(sql: Statements): string[] {
  const problems = sql
    .all('PRAGMA integrity_check')
    .map((row) => String(Object.values(row)[0]))
    .filter((text) => text !== 'ok')
  if (problems.length > 0) return problems
  const line = sql.get(SQL.readLine) as unknown as Line
  const counted = sql.get(SQL.count) as unknown as Line
  for (const name of ['ready', 'delayed', 'leased', 'dead'] as const)
    if (line[name] !== counted[name]) problems.push(`${counted[name]} ${name}, but the count says ${line[name]}`)
  if (counted.next >= line.next) problems.push(`the next number is ${line.next}, but ${counted.next} is taken`)
  return problems
}
