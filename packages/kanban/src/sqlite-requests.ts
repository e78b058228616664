import { checkNumber, checkObject } from '@tps/internal'
import { checkHeaders } from './durable-options.ts'
import type { LeaseEnd } from './sqlite-lease.ts'
import type { CheckedSqliteOptions, SqlitePutOptions } from './sqlite-options.ts'
import type { Request } from './sqlite-protocol.ts'
import { thrownToJson } from './thrown-json.ts'

/** What puts an item in. @throws {TypeError | RangeError} when an option is wrong; whatever the codec throws. */
export function putRequest<T>(item: T, options: SqlitePutOptions, queue: CheckedSqliteOptions<T>): Request {
  checkObject('options', options)
  const { classes } = queue.store
  const { class: name = classes.at(-1) ?? '', delayMs = 0, deadlineMs, tenant, headers } = options
  if (!classes.includes(name)) throw new RangeError(`class must be one of ${classes.join(', ')}, got "${name}"`)
  return {
    kind: 'put',
    item: queue.codec.encode(item),
    class: name,
    key: options.key ?? queue.dedupBy?.(item) ?? null,
    tenant: tenant ?? null,
    headers: headers === undefined ? null : JSON.stringify(Object.fromEntries(checkHeaders(headers))),
    delayMs: checkNumber('delayMs', delayMs, { min: 0 }),
    deadlineMs: deadlineMs === undefined ? null : checkNumber('deadlineMs', deadlineMs, { above: 0 }),
  }
}

/** What ends a lease. @throws {RangeError} when the delay is wrong. */
export function endRequest(id: number, fence: number, end: LeaseEnd, keepStacks: boolean): Request {
  const text = (reason: unknown): string => JSON.stringify(thrownToJson(reason, keepStacks))
  if (end.kind === 'dead-letter') return { kind: 'dead-letter', id, fence, error: text(end.reason) }
  if (end.kind !== 'retry') return { kind: end.kind, id, fence }
  const delayMs = checkNumber('delayMs', end.delayMs, { min: 0 })
  return { kind: 'retry', id, fence, delayMs, error: end.reason === undefined ? null : text(end.reason) }
}
