import Bottleneck from 'bottleneck'
import fastq from 'fastq'
import PQueue from 'p-queue'
import { PoolStoppedError, PullQueue, QueueFullError, WorkerPool } from '@tps/kanban'
import { describe, expect, it } from 'vitest'

// What kanban's README says to those who come from another queue: old and new, side by side.

/** A handler whose ends the test decides, and the most that ran at once. */
class Work {
  running = 0
  most = 0
  readonly begun: string[] = []
  readonly #ends: (() => void)[] = []

  readonly handle = async (item: string): Promise<string> => {
    this.begun.push(item)
    this.most = Math.max(this.most, ++this.running)
    await new Promise<void>((resolve) => this.#ends.push(resolve))
    this.running--
    return item.toUpperCase()
  }

  /** Lets what runs end, and what follows, until nothing begins any more. */
  async finish(): Promise<void> {
    for (let end = this.#ends.shift(); end; end = this.#ends.shift()) {
      end()
      await turn()
    }
  }
}

const turn = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve))

/** What has become of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<'pending' | 'resolved' | 'rejected'> {
  await turn()
  await turn()
  return await Promise.race([
    promise.then(
      () => 'resolved' as const,
      () => 'rejected' as const,
    ),
    Promise.resolve('pending' as const),
  ])
}

function poolOf(
  work: Work,
  { capacity = 100, workers = 2 } = {},
): { queue: PullQueue<string>; pool: WorkerPool<string, string> } {
  const queue = new PullQueue<string>({ capacity })
  return { queue, pool: new WorkerPool<string, string>({ source: queue, workers }, work.handle) }
}

const ITEMS = ['a', 'b', 'c', 'd', 'e']

describe('coming from p-queue', () => {
  it('add() with a concurrency becomes submit() with workers', async () => {
    const [old, now] = [new Work(), new Work()]
    const queue = new PQueue({ concurrency: 2 })
    const { pool } = poolOf(now)
    const results = [ITEMS.map((item) => queue.add(() => old.handle(item))), ITEMS.map((item) => pool.submit(item))]
    await turn()
    await Promise.all([old.finish(), now.finish()])
    const [before, after] = await Promise.all(results.map((each) => Promise.all(each)))
    expect(after).toEqual(before)
    expect([now.most, now.begun]).toEqual([old.most, old.begun])
  })

  it('p-queue takes any number, a bounded queue says no', async () => {
    const [old, now] = [new Work(), new Work()]
    const queue = new PQueue({ concurrency: 1 })
    const { pool } = poolOf(now, { capacity: 10, workers: 1 })
    await turn()
    const added = Array.from({ length: 100 }, () => queue.add(() => old.handle('x')))
    const submitted = Array.from({ length: 100 }, () => pool.submit('x'))
    expect(queue.size).toBe(99)
    const states = Promise.allSettled(submitted)
    await turn()
    await Promise.all([old.finish(), now.finish()])
    await Promise.all(added)
    const refused = (await states).filter((each) => each.status === 'rejected')
    expect(refused).toHaveLength(89)
    expect(refused[0]?.reason).toBeInstanceOf(QueueFullError)
  })

  it('a timeout frees the slot under a handler that still runs; here it holds it', async () => {
    const [old, now] = [new Work(), new Work()]
    const queue = new PQueue({ concurrency: 1, timeout: 20 })
    const source = new PullQueue<string>()
    const pool = new WorkerPool<string, string>({ source, workers: 1, timeoutMs: 20 }, now.handle)
    const [first, second] = ['a', 'b'].map((item) => queue.add(() => old.handle(item)))
    const [third, fourth] = ['a', 'b'].map((item) => pool.submit(item))
    await Promise.allSettled([first, third])
    expect([old.running, now.running]).toEqual([2, 1])
    expect(pool.snapshot().overdue).toBe(1)
    await Promise.all([old.finish(), now.finish()])
    await expect(Promise.all([second, fourth])).resolves.toEqual(['B', 'B'])
  })

  it('concurrency, pause, start and onIdle are resize, pause, resume and drain', async () => {
    const work = new Work()
    const { queue, pool } = poolOf(work, { workers: 1 })
    pool.pause()
    for (const item of ITEMS) queue.offer(item)
    await turn()
    expect([queue.depth, pool.busy]).toEqual([5, 0])
    pool.resize(3)
    pool.resume()
    await turn()
    expect([queue.depth, pool.busy]).toEqual([2, 3])
    await Promise.all([pool.drain(), work.finish()])
    expect([work.most, work.begun]).toEqual([3, ITEMS])
  })
})

describe('coming from fastq', () => {
  it('push() with a promise becomes submit()', async () => {
    const [old, now] = [new Work(), new Work()]
    const queue = fastq.promise(old.handle, 2)
    const { pool } = poolOf(now)
    const results = [ITEMS.map((item) => queue.push(item)), ITEMS.map((item) => pool.submit(item))]
    await turn()
    await Promise.all([old.finish(), now.finish()])
    const [before, after] = await Promise.all(results.map((each) => Promise.all(each)))
    expect(after).toEqual(before)
    expect(now.begun).toEqual(old.begun)
  })

  it('both begin a task at once when a worker is free', () => {
    const [old, now] = [new Work(), new Work()]
    void fastq.promise(old.handle, 2).push('a')
    const { pool } = poolOf(now)
    void pool.submit('a')
    expect([old.begun, now.begun]).toEqual([['a'], ['a']])
  })

  it('kill() leaves the promises of waiting tasks pending; stop() settles each one', async () => {
    const [old, now] = [new Work(), new Work()]
    const queue = fastq.promise(old.handle, 1)
    const { pool } = poolOf(now, { workers: 1 })
    void queue.push('a')
    const oldOne = queue.push('b')
    const first = pool.submit('a')
    const newOne = pool.submit('b')
    await turn()
    queue.kill()
    const stopped = pool.stop({ graceMs: 0 })
    await expect(first).rejects.toBeInstanceOf(PoolStoppedError)
    await expect(newOne).rejects.toBeInstanceOf(PoolStoppedError)
    await Promise.all([old.finish(), now.finish()])
    await stopped
    expect(await stateOf(oldOne)).toBe('pending')
  })
})

/** Which of five items run, with room for two while the first one runs. */
async function oldSurvivors(strategy: Bottleneck.Strategy): Promise<string[]> {
  const work = new Work()
  const limiter = new Bottleneck({ maxConcurrent: 1, highWater: 2, strategy })
  const schedule = async (item: string): Promise<string> => await limiter.schedule(() => work.handle(item))
  const first = schedule('a')
  while (work.running === 0) await turn()
  const results = Promise.allSettled([first, ...ITEMS.slice(1).map(schedule)])
  while (limiter.counts().RECEIVED > 0 || limiter.queued() > 2) await turn()
  while (limiter.queued() + (await limiter.running()) > 0) {
    await work.finish()
    await turn()
  }
  await results
  return work.begun
}

async function newSurvivors(overflow: 'reject' | 'drop-oldest'): Promise<string[]> {
  const work = new Work()
  const queue = new PullQueue<string>({ capacity: 2, overflow })
  const pool = new WorkerPool<string, string>({ source: queue, workers: 1 }, work.handle)
  queue.offer('a')
  await turn()
  for (const item of ITEMS.slice(1)) queue.offer(item)
  await work.finish()
  await pool.stop()
  return work.begun
}

describe('coming from bottleneck', () => {
  it('LEAK is drop-oldest', async () => {
    expect(await newSurvivors('drop-oldest')).toEqual(['a', 'd', 'e'])
    expect(await oldSurvivors(Bottleneck.strategy.LEAK)).toEqual(['a', 'd', 'e'])
  })

  it('OVERFLOW is reject', async () => {
    expect(await newSurvivors('reject')).toEqual(['a', 'b', 'c'])
    expect(await oldSurvivors(Bottleneck.strategy.OVERFLOW)).toEqual(['a', 'b', 'c'])
  })
})
