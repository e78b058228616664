import type { StoreOptions } from '../../packages/kanban/src/sqlite-protocol.ts'

/** How the file of the scenario is opened, by the process that is killed and by the one that looks at what is left. */
export const STORE: Omit<StoreOptions, 'path'> = {
  capacity: 100,
  classes: ['urgent', 'standard'],
  maxAgeMs: 60_000,
  synchronous: 'full',
  leaseMs: 60_000,
  maxDeliveries: 5,
  deadLetterCapacity: 10,
  dedupWindowMs: 60_000,
  maxErrors: 5,
  maxKeys: 100,
  busyMs: 0,
  maxBytes: Number.POSITIVE_INFINITY,
}
