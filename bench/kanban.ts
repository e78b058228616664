import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import fastq from 'fastq'
import PQueue from 'p-queue'
import { type CaptureContext, type Handler, PullQueue, WorkerPool } from '@tps/kanban'
import { compare } from './harness.ts'

const item = { id: 1 }
const WORKERS = 8
const nothing = (): void => {}

function queueOf(): PullQueue<object> {
  return new PullQueue<object>({ capacity: Number.POSITIVE_INFINITY })
}

function poolOf(handler: Handler<object, number>, captureContext?: CaptureContext): WorkerPool<object, number> {
  return new WorkerPool<object, number>({ source: queueOf(), workers: WORKERS, captureContext }, handler)
}

/** So many callers, each of whom awaits its result before it asks for the next: so many are in flight. */
function callers(count: number, ask: () => Promise<unknown>): (operations: number) => Promise<void> {
  return async (operations) => {
    let left = operations
    const caller = async (): Promise<void> => {
      while (left-- > 0) await ask()
    }
    await Promise.all(Array.from({ length: count }, caller))
  }
}

/** So many at once, then all of them awaited, again and again. */
function atOnce(count: number, ask: () => Promise<unknown>): (operations: number) => Promise<void> {
  return async (operations) => {
    for (let done = 0; done < operations; done += count) {
      await Promise.all(Array.from({ length: count }, ask))
    }
  }
}

// The same handler for all: what is compared is what surrounds it.
const handle = async (_item: object): Promise<number> => 1

const inFlight: readonly [title: string, of: (ask: () => Promise<unknown>) => (operations: number) => Promise<void>][] =
  [
    [`${WORKERS} callers, each awaits its result`, (ask) => callers(WORKERS, ask)],
    ['100 callers, each awaits its result', (ask) => callers(100, ask)],
    ['1,000 at once, then all results awaited', (ask) => atOnce(1_000, ask)],
  ]

for (const [title, of] of inFlight) {
  const pool = poolOf(handle)
  const fastqPromise = fastq.promise(handle, WORKERS)
  const pQueue = new PQueue({ concurrency: WORKERS })
  await compare({
    title: `the same async handler, ${WORKERS} workers, ${title}`,
    operations: 20_000,
    rounds: 21,
    contenders: [
      { name: 'kanban submit', run: of(() => pool.submit(item)) },
      { name: 'fastq.promise push', run: of(() => fastqPromise.push(item)) },
      { name: 'p-queue add', run: of(() => pQueue.add(() => handle(item))) },
    ],
  })
  await pool.stop()
}

interface Quiet {
  readonly title: string
  readonly handler: Handler<object, number>
  readonly fastqWorker: (item: object, done: (error: Error | null) => void) => void
  readonly operations: number
}

const quiet: readonly Quiet[] = [
  {
    title: 'a handler that returns at once: both call it inside offer and push',
    handler: () => 1,
    fastqWorker: (_item, done) => done(null),
    operations: 500_000,
  },
  {
    title: 'the same async handler, 1,000 at once',
    handler: handle,
    // oxlint-disable-next-line promise/no-callback-in-promise -- how an async worker is wired to fastq's callback.
    fastqWorker: (given, done) => void handle(given).then(() => done(null), done),
    operations: 100_000,
  },
]

for (const { title, handler, fastqWorker, operations } of quiet) {
  const queue = queueOf()
  const pool = new WorkerPool<object, number>({ source: queue, workers: WORKERS }, handler)
  const callback = fastq(fastqWorker, WORKERS)
  await compare({
    title: `no result, ${WORKERS} workers, ${title}`,
    operations,
    rounds: 21,
    contenders: [
      {
        name: 'kanban offer, then drain',
        run: async (count) => {
          for (let done = 0; done < count; done += 1_000) {
            for (let i = 0; i < 1_000; i++) queue.offer(item)
            await pool.drain()
          }
        },
      },
      {
        name: 'fastq (callback) push, then drain',
        run: async (count) => {
          for (let done = 0; done < count; done += 1_000) {
            for (let i = 0; i < 1_000; i++) callback.push(item, nothing)
            if (!callback.idle()) await new Promise<void>((resolve) => (callback.drain = resolve))
          }
        },
      },
    ],
  })
  await pool.stop()
}

const plain = poolOf(handle)
const resources = poolOf(handle, () => {
  const resource = new AsyncResource('job')
  return (run) => resource.runInAsyncScope(run)
})
const snapshots = poolOf(handle, () => AsyncLocalStorage.snapshot())
const requests = new AsyncLocalStorage<number>()
const ask = (pool: WorkerPool<object, number>): ((operations: number) => Promise<void>) =>
  callers(100, () => requests.run(1, () => pool.submit(item)))

await compare({
  title: `what bringing the submitter's async context to the handler costs, ${WORKERS} workers, 100 callers`,
  operations: 20_000,
  contenders: [
    { name: 'kanban submit', run: ask(plain) },
    { name: 'with AsyncResource', run: ask(resources) },
    { name: 'with AsyncLocalStorage.snapshot', run: ask(snapshots) },
  ],
})
for (const pool of [plain, resources, snapshots]) await pool.stop()
