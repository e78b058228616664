import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { SeriesTable } from '../series.ts'
import type { Store } from '../storage/store.ts'
import { JournaledQueue } from './journaled-queue.ts'
import { MemoryQueue } from './memory-queue.ts'
import type { SampleQueue } from './queue.ts'

/** The queue that the configuration asks for. */
export async function openQueue(config: Config, table: SeriesTable, store: Store, log: Logger): Promise<SampleQueue> {
  const { QUEUE_CAPACITY: capacity, DATA_DIR, DURABILITY, FLUSH_SAMPLES: flushSamples } = config
  if (DURABILITY === 'memory') return new MemoryQueue(capacity)
  const queue = await JournaledQueue.open({
    capacity,
    directory: join(DATA_DIR, 'journal'),
    table,
    store,
    flushSamples,
  })
  if (queue.replayed > 0) log.info({ samples: queue.replayed }, 'stored what was accepted before the last end')
  return queue
}
