import type { JetStreamQueueOptions } from '@tps/kanban/nats'

/** How the queue is opened, by the processes that are killed and by the one that looks at what is left. */
export const OPTIONS: Omit<JetStreamQueueOptions<string>, 'connection'> = {
  name: 'killed',
  capacity: 200,
  leaseMs: 1_000,
  maxDeliveries: 100,
  requestMs: 5_000,
  heartbeatMs: 300,
  refreshMs: 100,
  reconcileMs: 300,
}
