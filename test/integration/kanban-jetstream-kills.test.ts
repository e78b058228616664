import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { type JetStreamLease, JetStreamQueue, type JetStreamQueueOptions, LeaseLostError } from '@tps/kanban/nats'
import { describe, it as test } from 'vitest'
import { Child, accountOf, drained, listed, roomIn } from './kanban-children.ts'
import { OPTIONS } from './kanban-jetstream-scenario.ts'
import { LossyProxy } from './lossy-proxy.ts'
import { RunningNats } from './nats.ts'

// Real processes and a real server, killed and stopped under load: what was accepted is worked on, or a dead letter, or
// still there, and all the room comes back.

const CHILD = join(import.meta.dirname, 'kanban-jetstream-child.ts')
const CAPACITY = 200
const TIMEOUT = 120_000

/** One server, and the processes that work on a queue of it. */
class Scene implements AsyncDisposable {
  readonly nats: RunningNats
  readonly #children: Child[] = []
  readonly #queues: JetStreamQueue<string>[] = []

  private constructor(nats: RunningNats) {
    this.nats = nats
  }

  static async set(): Promise<Scene> {
    return new Scene(await RunningNats.start())
  }

  start(role: 'put' | 'work', name: string, jobMs = 0): Child {
    const child = new Child(CHILD, role, this.nats.port, name, jobMs)
    this.#children.push(child)
    return child
  }

  async open(options: Partial<JetStreamQueueOptions<string>> = {}): Promise<JetStreamQueue<string>> {
    const connection = options.connection ?? (await this.nats.connect())
    const queue = await JetStreamQueue.open<string>({ ...OPTIONS, ...options, connection })
    this.#queues.push(queue)
    return queue
  }

  /** All that is accounted for after everybody has died, and how much room there is then. */
  async settle() {
    await this.killAll()
    const queue = await this.open()
    const rest = await drained(queue)
    const dead = (await queue.deadLetters.list({ limit: 10_000 })).map(({ item }) => String(item))
    const { orphansFound } = queue.snapshot()
    const again = await this.open()
    const room = await roomIn(again)
    const said = this.#children.flatMap((child) => child.said)
    return { ...accountOf(said, rest, dead), said, dead: dead.length, room, orphansFound }
  }

  async killAll(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.kill()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.killAll()
    await Promise.all(this.#queues.map((queue) => queue.stop()))
    await this.nats.stop()
  }
}

type Settled = Awaited<ReturnType<Scene['settle']>>

function report(what: string, { accepted, dead, repeated, back, orphansFound }: Settled): void {
  console.log(
    `${what}: ${accepted} accepted, ${dead} dead letters, ${repeated} worked on again, ` +
      `${back.length} of them after their end was confirmed, ${orphansFound} orphans found`,
  )
}

/** A lease that lasts, also where a second is not enough to extend it: then it comes again. */
async function heldLease(queue: JetStreamQueue<string>): Promise<JetStreamLease<string>> {
  for (;;) {
    const lease = await queue.lease()
    try {
      await lease.extend(60_000)
      return lease
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
    }
  }
}

/** As an operator does. Under load the server may say that it could not clear the directory; the consumer is gone all the same. */
async function deleteConsumer(manager: JetStreamManager): Promise<void> {
  try {
    await manager.consumers.delete('killed', 'standard')
  } catch (error) {
    if (!String(error).includes('directory not empty')) throw error
  }
}

describe.concurrent('JetStreamQueue', { timeout: TIMEOUT }, () => {
  test('loses nothing when producers and workers are killed in the middle of jobs and batches', async ({ expect }) => {
    await using scene = await Scene.set()
    const heldAtDeath: number[] = []
    const kill = async (worker: Child): Promise<void> => {
      await worker.kill()
      heldAtDeath.push(listed(worker.said, 'began').length - listed(worker.said, 'ended').length)
    }
    for (let round = 0; round < 3; round++) {
      const producer = scene.start('put', `p${round}`)
      const [slow, quick] = [scene.start('work', 'slow', 20), scene.start('work', 'quick')]
      await Promise.all([producer.saysMore('in', 300), slow.saysMore('ended', 20), quick.saysMore('ended', 100)])
      await Promise.all([producer.kill(), kill(slow), quick.kill()])
    }
    const settled = await scene.settle()
    // More than one of what came as a batch was begun and not ended.
    expect(Math.max(...heldAtDeath)).toBeGreaterThan(1)
    expect(settled).toMatchObject({ missing: [], stripped: [], back: [], room: CAPACITY })
    expect(settled.dead).toBeGreaterThan(0)
    report('workers killed', settled)
  })

  test.for(['SIGKILL', 'SIGTERM'] as const)(
    'loses nothing when nats-server gets %s under load, and gives all room back',
    async (signal, { expect }) => {
      await using scene = await Scene.set()
      const children = [scene.start('put', 'p'), scene.start('work', 'w'), scene.start('work', 'w', 5)]
      const [producer, ...workers] = children
      for (let round = 0; round < 3; round++) {
        await Promise.all([producer?.saysMore('in', 300), ...workers.map((worker) => worker.saysMore('ended', 50))])
        await scene.nats.kill(signal)
        await scene.nats.restart()
      }
      // All of them go on by themselves.
      await Promise.all([producer?.saysMore('in', 300), ...workers.map((worker) => worker.saysMore('ended', 50))])
      const settled = await scene.settle()
      expect(settled).toMatchObject({ missing: [], stripped: [], room: CAPACITY })
      report(`server ${signal}`, settled)
    },
  )

  test('gives the item of a stopped worker to another one, and refuses the first one afterwards', async ({
    expect,
  }) => {
    await using scene = await Scene.set()
    const queue = await scene.open()
    const sleeper = scene.start('work', 'w', 600)
    await sleeper.until((said) => said.length > 0)
    await queue.put('once', { tenant: 'o', headers: { traceparent: 'once' } })
    await sleeper.until((said) => listed(said, 'began').length > 0)
    sleeper.process.kill('SIGSTOP')
    const again = await heldLease(queue)
    expect(again).toMatchObject({ item: 'once', tenant: 'o', headers: { traceparent: 'once' } })
    // The server may have sent it to the stopped one once more, which still asked for work.
    expect(again.attempt).toBeGreaterThan(1)
    sleeper.process.kill('SIGCONT')
    await sleeper.until((said) => listed(said, 'lost').length > 0)
    expect(sleeper.said).toContainEqual({ lost: 'once', code: 'ERR_LEASE_LOST' })
    // It is still the second one's: the late acknowledgement has not taken it out.
    const manager = await jetstreamManager(await scene.nats.connect())
    expect((await manager.streams.info('killed')).state.messages).toBe(1)
    await again.ack()
    await sleeper.kill()
    const settled = await scene.settle()
    expect(settled.room).toBe(CAPACITY)
    expect(listed(settled.said, 'ended')).not.toContain('once')
  })

  test('is full, drains and fills again to the same bound, whoever dies on the way', async ({ expect }) => {
    await using scene = await Scene.set()
    const queue = await scene.open()
    const isFull = async (): Promise<void> => {
      const manager = await jetstreamManager(await scene.nats.connect())
      const state = async () => (await manager.streams.info('killed')).state.messages
      await expect.poll(state, { timeout: 20_000 }).toBe(CAPACITY)
      expect(await queue.offer('pushy')).toBe(false)
      // Those that wait for room don't get in, however long they wait.
      await sleep(300)
      expect(await state()).toBe(CAPACITY)
    }
    for (let round = 0; round < 3; round++) {
      const producer = scene.start('put', `p${round}`)
      await isFull()
      const worker = scene.start('work', 'w')
      await Promise.all([worker.saysMore('ended', 2 * CAPACITY), producer.saysMore('in', CAPACITY)])
      await worker.kill()
      await isFull()
      await producer.kill()
    }
    const settled = await scene.settle()
    expect(settled).toMatchObject({ missing: [], stripped: [], back: [], room: CAPACITY })
    report('full and empty', settled)
  })

  test('puts each item in once although confirmations are lost on the way, and the connection with them', async ({
    expect,
  }) => {
    await using scene = await Scene.set()
    const proxy = await LossyProxy.start(scene.nats.port)
    const connection = await scene.nats.connect({ servers: `127.0.0.1:${proxy.port}` })
    const queue = await scene.open({ connection })
    const accepted: string[] = []
    for (let round = 0; round < 5; round++) {
      proxy.loseAnswersTo(`in-${round}-10`)
      const items = Array.from({ length: 20 }, (_, index) => `in-${round}-${index}`)
      await Promise.all(items.map((item) => queue.put(item).then(() => accepted.push(item))))
    }
    expect(proxy.lost).toBe(5)
    expect(queue.snapshot()).toMatchObject({ admitted: 100, reconnects: 5 })
    const there = await drained(await scene.open())
    expect(there.toSorted((a, b) => a.localeCompare(b))).toEqual(accepted.toSorted((a, b) => a.localeCompare(b)))
    expect(await roomIn(queue)).toBe(CAPACITY)
    await proxy.stop()
  })

  test('ends each item once although confirmations are lost on the way, and the connection with them', async ({
    expect,
  }) => {
    await using scene = await Scene.set()
    const proxy = await LossyProxy.start(scene.nats.port)
    const connection = await scene.nats.connect({ servers: `127.0.0.1:${proxy.port}` })
    const leaseMs = 30_000
    const queue = await scene.open({ connection, leaseMs })
    const other = await scene.open({ leaseMs })
    for (let index = 0; index < 40; index++) await other.put(`item-${index}`)
    const taken: string[] = []
    for (let round = 0; round < 5; round++) {
      const leases = await Promise.all(Array.from({ length: 8 }, () => queue.lease()))
      taken.push(...leases.map(({ item }) => item))
      proxy.loseAnswersTo('+ACK')
      await Promise.all(leases.map((lease) => lease.ack()))
    }
    expect(proxy.lost).toBe(5)
    expect(new Set(taken).size).toBe(40)
    expect(queue.snapshot()).toMatchObject({ acked: 40, reconnects: 5 })
    expect(await drained(other)).toEqual([])
    expect(await roomIn(queue)).toBe(CAPACITY)
    await proxy.stop()
  })

  test('goes on when its consumer is deleted by hand under load', async ({ expect }) => {
    await using scene = await Scene.set()
    const workers = [scene.start('work', 'w'), scene.start('work', 'w', 5)]
    const producer = scene.start('put', 'p')
    const manager = await jetstreamManager(await scene.nats.connect())
    for (let round = 0; round < 3; round++) {
      await Promise.all([producer.saysMore('in', 200), ...workers.map((worker) => worker.saysMore('ended', 50))])
      await deleteConsumer(manager)
    }
    await Promise.all([producer.saysMore('in', 200), ...workers.map((worker) => worker.saysMore('ended', 50))])
    const settled = await scene.settle()
    // A consumer made anew confirms, too, what only the deleted one had handed out: such an item may come again.
    expect(settled).toMatchObject({ missing: [], stripped: [], room: CAPACITY })
    report('consumer deleted', settled)
  })
})
