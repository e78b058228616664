import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/nats-core'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { JetStreamQueue } from '@tps/kanban/nats'
import { RunningNats } from '../test/integration/nats.ts'
import { compare } from './harness.ts'

// One server for all, in a process of its own on this machine; a stream and a connection of its own for each contender.
const nats = await RunningNats.start()
const dial = (): Promise<NatsConnection> => nats.connect({ noAsyncTraces: true })
const item = { id: 'signal', payload: 'x'.repeat(100) }
const text = JSON.stringify(item)
const INFINITE = Number.POSITIVE_INFINITY

/** As many loops at once, until `operations` are done. */
async function together(loops: number, operations: number, one: () => Promise<unknown>): Promise<void> {
  let begun = 0
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (begun < operations) {
        begun++
        await one()
      }
    }),
  )
}

async function openQueue(name: string): Promise<JetStreamQueue<typeof item>> {
  return await JetStreamQueue.open<typeof item>({ connection: await dial(), name, capacity: INFINITE })
}

/** What the client makes of it without a queue on top: same kind of stream, same kind of consumer. */
async function bareClient(name: string): Promise<ReturnType<typeof jetstream>> {
  const connection = await dial()
  const manager = await jetstreamManager(connection)
  await manager.streams.add({ name, subjects: [`bare.${name}`], retention: 'workqueue', discard: 'new' })
  await manager.consumers.add(name, { durable_name: 'all', ack_policy: 'explicit', max_ack_pending: -1 })
  return jetstream(connection)
}

const PRODUCERS = 64
const put = await openQueue('put')
const barePut = await bareClient('bare-put')
let bareId = 0
for (const [loops, operations] of [
  [1, 1_000],
  [PRODUCERS, 10_000],
] as const)
  await compare({
    title: `JetStream, put with ${loops} in flight, confirmed by the server`,
    operations,
    contenders: [
      { name: 'JetStreamQueue.put', run: (count) => together(loops, count, () => put.put(item)) },
      {
        name: 'bare client, publish',
        run: (count) => together(loops, count, () => barePut.publish('bare.bare-put', text)),
      },
      {
        name: 'bare client, publish with an id',
        run: (count) =>
          together(loops, count, () => barePut.publish('bare.bare-put', text, { msgID: `id:${bareId++}` })),
      },
    ],
  })

const ROUNDS = 7
const WORKED = 10_000
const WORKERS = 64
const worked = await openQueue('worked')
const bareWorked = await bareClient('bare-worked')
await together(256, (ROUNDS + 2) * WORKED, () => worked.put(item))
await together(256, 4 * (ROUNDS + 2) * WORKED, () => bareWorked.publish('bare.bare-worked', text))
const consumer = await bareWorked.consumers.get('bare-worked', 'all')

/** As the client does it by itself: so many messages ahead, all acknowledged at the same time. */
async function consume(count: number, ahead: number): Promise<void> {
  let left = count
  const messages = await consumer.consume({ max_messages: ahead })
  const acks: Promise<unknown>[] = []
  for await (const message of messages) {
    acks.push(message.ackAck().then(() => message.json()))
    if (--left === 0) break
  }
  await Promise.all(acks)
}

await compare({
  title: `JetStream, ${WORKERS} workers: lease, and an acknowledgement that the server confirms`,
  operations: WORKED,
  rounds: ROUNDS,
  contenders: [
    {
      name: 'JetStreamQueue',
      run: (count) => together(WORKERS, count, async () => (await worked.lease()).ack()),
    },
    { name: `bare client, consume ${WORKERS} ahead and ackAck`, run: (count) => consume(count, WORKERS) },
    { name: 'bare client, consume 500 ahead and ackAck', run: (count) => consume(count, 500) },
    {
      name: `bare client, ${WORKERS} loops of next and ackAck`,
      run: (count) =>
        together(WORKERS, count, async () => {
          const message = await consumer.next()
          await message?.ackAck()
          return message?.json<unknown>()
        }),
    },
  ],
})

// From put to the end of the handler, less the job itself, with 4 workers that are busy for a good half of the time. A timer
// of 5 ms is late by itself: the queue in memory shows by how much.
const JOB_MS = 5
const JOBS = 2_500
const jobs = await JetStreamQueue.open<{ at: number }>({ connection: await dial(), name: 'jobs' })
const inMemory = new PullQueue<{ at: number }>({ name: 'jobs', capacity: JOBS })
console.log(`\nAdded to a job of ${JOB_MS} ms, from put to the end of its handler, 4 workers, 500 jobs a second`)
for (const [name, source] of [
  ['JetStreamQueue', jobs],
  ['PullQueue, in memory', inMemory],
] as const) {
  const added: number[] = []
  const pool = new WorkerPool({ source, workers: 4 }, async ({ at }: { at: number }) => {
    await new Promise((resolve) => setTimeout(resolve, JOB_MS))
    added.push(performance.now() - at - JOB_MS)
  })
  for (let index = 0; index < JOBS; index++) {
    void source.put({ at: performance.now() })
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  while (added.length < JOBS) await new Promise((resolve) => setTimeout(resolve, 20))
  await pool.stop()
  const sorted = added.toSorted((a, b) => a - b)
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(2)
  console.log(`  ${name.padEnd(20)}  p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   p99.9 ${at(0.999)} ms   most ${at(1)} ms`)
}

for (const queue of [put, worked, jobs]) await queue.stop()
await nats.stop()
