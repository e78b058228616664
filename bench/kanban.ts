import fastq from 'fastq'
import PQueue from 'p-queue'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { compare } from './harness.ts'

const item = { id: 1 }

const WORKERS = 8
const unbounded = Number.POSITIVE_INFINITY

const awaited = new WorkerPool<object, number>(
  { source: new PullQueue<object>({ capacity: unbounded }), workers: WORKERS },
  async () => 1,
)
const fastqPromise = fastq.promise(async (_item: object) => 1, WORKERS)
const pQueue = new PQueue({ concurrency: WORKERS })

await compare({
  title: `every result awaited, ${WORKERS} workers, trivial async handler`,
  operations: 20_000,
  contenders: [
    {
      name: 'kanban submit',
      run: async (operations) => {
        const results: Promise<number>[] = []
        for (let i = 0; i < operations; i++) results.push(awaited.submit(item))
        await Promise.all(results)
      },
    },
    {
      name: 'fastq.promise push',
      run: async (operations) => {
        const results: Promise<number>[] = []
        for (let i = 0; i < operations; i++) results.push(fastqPromise.push(item))
        await Promise.all(results)
      },
    },
    {
      name: 'p-queue add',
      run: async (operations) => {
        const results: Promise<unknown>[] = []
        for (let i = 0; i < operations; i++) results.push(pQueue.add(async () => 1))
        await Promise.all(results)
      },
    },
  ],
})
await awaited.stop()

const nothing = (): void => {}

interface Quiet {
  readonly title: string
  readonly handler: () => number | Promise<number>
  readonly fastqWorker: (item: object, done: (error: null) => void) => void
}

const quiet: readonly Quiet[] = [
  {
    title: 'synchronous handler (fastq calls it inside push, kanban queues first)',
    handler: () => 1,
    fastqWorker: (_item, done) => done(null),
  },
  {
    title: 'handler that ends in a microtask',
    handler: async () => 1,
    fastqWorker: (_item, done) => queueMicrotask(() => done(null)),
  },
]

for (const { title, handler, fastqWorker } of quiet) {
  const queue = new PullQueue<object>({ capacity: unbounded })
  const pool = new WorkerPool<object, number>({ source: queue, workers: WORKERS }, handler)
  const callback = fastq(fastqWorker, WORKERS)
  await compare({
    title: `no result, ${WORKERS} workers, ${title}`,
    operations: 50_000,
    contenders: [
      {
        name: 'kanban offer, then drain',
        run: async (operations) => {
          for (let i = 0; i < operations; i++) queue.offer(item)
          await pool.drain()
        },
      },
      {
        name: 'fastq (callback) push, then drain',
        run: (operations) =>
          new Promise<void>((resolve) => {
            for (let i = 0; i < operations; i++) callback.push(item, nothing)
            if (callback.idle()) resolve()
            else callback.drain = resolve
          }),
      },
    ],
  })
  await pool.stop()
}
