/** Whether a source says `code` by this error. Compared by code, because the source may bring its own classes. */
export function hasCode(error: unknown, code: 'ERR_QUEUE_CLOSED' | 'ERR_LEASE_LOST'): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === code
}
