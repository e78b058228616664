import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '@nats-io/transport-node'
import { JetStreamQueue } from '@tps/kanban/nats'
import { SqliteQueue } from '@tps/kanban/sqlite'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { SeriesTable } from '../series.ts'
import type { Store } from '../storage/store.ts'
import { DurableQueue } from './durable-queue.ts'
import { JournaledQueue } from './journaled-queue.ts'
import { Membership } from './membership.ts'
import { MemoryQueue } from './memory-queue.ts'
import { type Parcel, parcelCodec } from './parcel.ts'
import { Partitioner, partitionsOf } from './partitions.ts'
import type { SampleQueue } from './queue.ts'

/** A message of NATS has a megabyte at most: so many samples fit, whatever their series. */
const MAX_ROWS_A_MESSAGE = 2_048
const LEASE_MS = 5_000
const MEMBERS = 'tps.monitoring-platform.members'

/** The queue that the configuration asks for. */
export async function openQueue(config: Config, table: SeriesTable, store: Store, log: Logger): Promise<SampleQueue> {
  if (config.QUEUE === 'sqlite') return await openSqlite(config, table, log)
  if (config.QUEUE === 'jetstream') return await openJetStream(config, table, log)
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

/** A file of SQLite: a power failure takes nothing with `commit`, and the last moments with `memory`. */
async function openSqlite(config: Config, table: SeriesTable, log: Logger): Promise<SampleQueue> {
  mkdirSync(config.DATA_DIR, { recursive: true })
  const source = await SqliteQueue.open<Parcel>({
    name: 'samples',
    path: join(config.DATA_DIR, 'queue.sqlite'),
    capacity: config.QUEUE_CAPACITY,
    synchronous: config.DURABILITY === 'commit' ? 'full' : 'normal',
    // Samples are never given up: whatever happened the last times, they are tried again.
    maxDeliveries: Number.POSITIVE_INFINITY,
    // What a killed process had in hand comes back after this.
    leaseMs: LEASE_MS,
    codec: parcelCodec(table),
  })
  const queue = new DurableQueue({
    name: 'sqlite',
    partitions: [source],
    split: (batch) => [[0, batch]],
    isShared: false,
    log,
  })
  queue.pull([0])
  return queue
}

/** Streams of a NATS server, one for each partition, shared among all processes that are there. */
async function openJetStream(config: Config, table: SeriesTable, log: Logger): Promise<SampleQueue> {
  const { NATS_URL, PARTITIONS, QUEUE_CAPACITY, ROLE } = config
  const connection = await connect({ servers: NATS_URL, maxReconnectAttempts: -1, name: 'monitoring-platform' })
  const partitions = await Promise.all(
    Array.from(
      { length: PARTITIONS },
      async (_, partition) =>
        await JetStreamQueue.open<Parcel>({
          connection,
          name: `samples-${partition}`,
          capacity: Math.max(1, Math.floor(QUEUE_CAPACITY / PARTITIONS)),
          maxDeliveries: Number.POSITIVE_INFINITY,
          leaseMs: LEASE_MS,
          codec: parcelCodec(table),
        }),
    ),
  )
  const partitioner = new Partitioner(table, PARTITIONS, MAX_ROWS_A_MESSAGE)
  let membership: Membership | undefined
  const queue = new DurableQueue({
    name: 'jetstream',
    partitions,
    split: (batch) => partitioner.split(batch),
    isShared: true,
    log,
    onStop: async () => await membership?.leave(),
    onStopped: async () => await connection.close(),
  })
  // Whoever only ingests takes nothing out.
  if (ROLE === 'all')
    membership = new Membership(connection, MEMBERS, (members) => {
      const own = partitionsOf(membership?.id ?? '', members, PARTITIONS)
      log.info({ members: members.length, partitions: own }, 'partitions were shared out')
      queue.pull(own)
    })
  membership?.start()
  return queue
}
