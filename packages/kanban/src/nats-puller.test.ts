import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NaiveConnection } from './naive-connection.ts'
import { Puller } from './nats-puller.ts'

interface Request {
  readonly lane: number
  readonly reply: string
  readonly waits: boolean
  left: number
}

/** A server with a consumer for each class: hands out what it has as it is asked. */
class World {
  readonly clock = new ManualClock()
  readonly connection = new NaiveConnection()
  readonly puller: Puller
  /** What waits on the server, by class. */
  readonly waiting: number[]
  /** What has come, as "class.number". */
  readonly came: string[] = []
  readonly repaired: string[] = []
  readonly stalled: number[] = []
  demand = 0
  failRepairs = 0
  isSilent = false
  /** Repairs are never answered. */
  isHanging = false
  #requests: Request[] = []
  #seen = 0
  #next = 0

  constructor(lanes: number, maxAgeMs = 1e9) {
    this.waiting = Array.from({ length: lanes }, () => 0)
    this.puller = new Puller({
      connection: this.connection.asConnection,
      classes: this.waiting.map((_, lane) => `${lane}`),
      maxAgeMs,
      heartbeatMs: 1_000,
      clock: this.clock,
      timers: this.clock,
      inbox: 'inbox',
      pullSubject: (className) => `pull.${className}`,
      demand: () => this.demand,
      message: (lane, _message, { sequence }) => {
        this.came.push(`${lane}.${sequence}`)
        if (this.demand > 0) this.demand--
      },
      repair: async (lane, why) => {
        if (this.isHanging) await new Promise(() => {})
        if (this.failRepairs-- > 0) throw new Error('no')
        this.repaired.push(`${lane} ${why}`)
      },
      stalled: (lane) => this.stalled.push(lane),
      denied: () => {},
      wallMs: () => this.clock.now(),
    })
  }

  /** So many begin to wait, and what that leads to happens. */
  async want(count: number): Promise<void> {
    this.demand += count
    this.puller.adjust()
    await this.run()
  }

  /** Everything that has been asked is answered, until nothing more is asked. */
  async run(): Promise<void> {
    for (let turns = 0; turns < 100; turns++) {
      await settle()
      if (this.isSilent || !this.#answer()) return
    }
    throw new Error('it never comes to rest')
  }

  /** How many messages may still come, by what the server has been asked for. */
  get asked(): number {
    return this.#requests.reduce((sum, { left }) => sum + left, 0)
  }

  /** The server ends what waits, or the consumer is gone. */
  end(lane: number, code: number, why: string, isCounted = true): void {
    const ended = this.#requests.filter((request) => request.lane === lane)
    this.#requests = this.#requests.filter((request) => request.lane !== lane)
    for (const { reply, left } of ended)
      this.connection.deliver(reply, { code, why, ...(isCounted && { pending: left }) })
  }

  heartbeat(): void {
    for (const { reply } of this.#requests) this.connection.deliver(reply, { code: 100, why: 'Idle Heartbeat' })
  }

  #answer(): boolean {
    const asked = this.connection.published.slice(this.#seen)
    this.#seen = this.connection.published.length
    for (const { subject, reply, payload } of asked) {
      const { batch, no_wait: isNow } = JSON.parse(payload) as { batch: number; no_wait?: boolean }
      this.#requests.push({ lane: Number(subject.split('.')[1]), reply, waits: isNow !== true, left: batch })
    }
    // What nobody listens to any more is dropped.
    this.#requests = this.#requests.filter(({ reply }) => this.connection.isHeard(reply))
    const delivered = this.#deliver()
    return asked.length > 0 || delivered
  }

  #deliver(): boolean {
    let hasDelivered = false
    for (const request of this.#requests) {
      while (request.left > 0 && (this.waiting[request.lane] ?? 0) > 0) {
        request.left--
        this.waiting[request.lane] = (this.waiting[request.lane] ?? 0) - 1
        this.connection.deliver(request.reply, {
          subject: 'kanban.q.x',
          data: 'x',
          reply: `$JS.ACK.q.c.1.${this.#next++}.1.${this.clock.now() * 1e6}.0`,
        })
        hasDelivered = true
      }
      if (!request.waits && request.left > 0) this.connection.deliver(request.reply, { code: 404, why: 'No Messages' })
      if (!request.waits || request.left === 0) this.#requests = this.#requests.filter((each) => each !== request)
    }
    return hasDelivered
  }
}

describe('with one class', () => {
  it('asks for as many as wait, at once for those who come at once, and no more', async () => {
    const world = new World(1)
    world.demand = 2
    world.puller.adjust()
    world.puller.adjust()
    await world.run()
    expect(world.connection.published.map(({ payload }) => (JSON.parse(payload) as { batch: number }).batch)).toEqual([
      2,
    ])
    await world.want(1)
    expect([world.puller.outstanding, world.asked]).toEqual([3, 3])
    world.waiting[0] = 5
    await world.run()
    expect([world.came.length, world.puller.outstanding, world.waiting[0]]).toEqual([3, 0, 2])
  })

  it('asks again for what a wait that has ended did not bring', async () => {
    const world = new World(1)
    await world.want(2)
    world.end(0, 408, 'Request Timeout')
    await world.run()
    expect([world.puller.outstanding, world.asked]).toEqual([2, 2])
  })

  it('takes back what was asked for those who have gone', async () => {
    const world = new World(1)
    await world.want(2)
    world.demand = 1
    world.puller.adjust()
    await settle()
    expect([world.puller.outstanding, world.connection.subscriptions]).toEqual([1, 1])
    world.demand = 0
    world.puller.adjust()
    await settle()
    expect([world.puller.outstanding, world.connection.subscriptions]).toEqual([0, 0])
  })
})

describe('with several classes', () => {
  it('sweeps from the most urgent on, and waits at all of them when that was not enough', async () => {
    const world = new World(3)
    world.waiting.splice(0, 3, 1, 2, 5)
    await world.want(4)
    expect(world.came.map((each) => each[0])).toEqual(['0', '1', '1', '2'])
    expect([world.puller.outstanding, world.waiting]).toEqual([0, [0, 0, 4]])
    world.waiting[2] = 0
    await world.want(5)
    expect([world.puller.outstanding, world.demand]).toEqual([3, 5])
    world.waiting[1] = 9
    await world.run()
    // The last two stay where they may be needed, unless nothing else comes.
    expect([world.demand, world.came.length]).toEqual([0, 9])
    expect(world.puller.outstanding).toBe(0)
  })

  it('asks for at most one too many of each other class', async () => {
    const world = new World(3)
    await world.want(1)
    expect(world.puller.outstanding).toBe(3)
    world.waiting[2] = 1
    await world.run()
    expect([world.came, world.puller.outstanding]).toEqual([['2.0'], 0])
  })

  it('goes on to the next class when a consumer says nothing, because as many as may are in hand', async () => {
    const world = new World(2)
    world.isSilent = true
    await world.want(1)
    world.isSilent = false
    await world.clock.advanceAsync(500)
    world.connection.published.shift()
    world.waiting[1] = 1
    await world.run()
    expect(world.came).toEqual(['1.0'])
  })

  it('serves one that has aged ahead of its turn', async () => {
    const world = new World(2, 1_000)
    world.waiting.splice(0, 2, 9, 9)
    await world.want(1)
    await world.clock.advanceAsync(1_001)
    for (let times = 0; times < 4; times++) await world.want(1)
    expect(world.came.map((each) => each[0])).toEqual(['0', '1', '0', '0', '0'])
  })
})

describe('when something is wrong', () => {
  it('sees to a consumer that is gone, then asks again', async () => {
    const world = new World(1)
    await world.want(1)
    world.end(0, 409, 'Consumer Deleted', false)
    await world.clock.advanceAsync(0)
    await world.run()
    expect([world.repaired, world.asked]).toEqual([['0 Consumer Deleted'], 1])
  })

  it('does not throw where nobody could catch it when the connection is closing', async () => {
    const world = new World(1)
    world.connection.failure = new Error('connection draining')
    await world.want(1)
    expect(world.puller.outstanding).toBe(0)
    world.connection.failure = undefined
    await world.clock.advanceAsync(0)
    await world.run()
    expect([world.repaired, world.asked]).toEqual([['0 connection draining'], 1])
  })

  it('tries again less and less often while that fails', async () => {
    const world = new World(1)
    world.failRepairs = 3
    await world.want(1)
    world.end(0, 503, 'no responders', false)
    await world.clock.advanceAsync(0 + 100 + 200 + 399)
    expect(world.repaired).toEqual([])
    await world.clock.advanceAsync(1)
    expect(world.repaired).toHaveLength(1)
    await world.run()
    expect(world.asked).toBe(1)
  })

  it('begins a wait anew that has been silent, but not one that gives signs', async () => {
    const world = new World(1)
    await world.want(1)
    for (let beats = 0; beats < 10; beats++) {
      await world.clock.advanceAsync(1_000)
      world.heartbeat()
    }
    expect(world.stalled).toEqual([])
    await world.clock.advanceAsync(3_000)
    expect(world.stalled).toEqual([0])
    await world.run()
    expect(world.repaired).toEqual(['0 no sign of life'])
    expect(world.puller.outstanding).toBe(1)
  })

  it('asks anew on a new connection, also where a repair of the old one was never answered', async () => {
    const world = new World(1)
    await world.want(2)
    world.isHanging = true
    world.end(0, 409, 'Server Shutdown', false)
    await world.clock.advanceAsync(5_000)
    await world.run()
    expect([world.asked, world.repaired]).toEqual([0, []])
    world.puller.restart()
    await world.run()
    expect([world.asked, world.puller.outstanding]).toEqual([2, 2])
    world.waiting[0] = 2
    await world.run()
    expect(world.came).toHaveLength(2)
  })

  it('leaves no timer and no subscription when it stops', async () => {
    const world = new World(2)
    await world.want(3)
    world.end(0, 409, 'Server Shutdown', false)
    world.puller.stop()
    await settle()
    expect([world.clock.pendingTimers, world.connection.subscriptions, world.puller.outstanding]).toEqual([0, 0, 0])
    await world.want(1)
    expect(world.puller.outstanding).toBe(0)
  })
})

describe('whatever happens', () => {
  it('everybody is served while there is something, and no more is asked for than can be held', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('want' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({
        kind: fc.constant('arrive' as const),
        lane: fc.nat({ max: 2 }),
        count: fc.integer({ min: 1, max: 5 }),
      }),
      fc.record({ kind: fc.constant('leave' as const), count: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('expire' as const), lane: fc.nat({ max: 2 }) }),
      fc.record({ kind: fc.constant('lose' as const), lane: fc.nat({ max: 2 }) }),
      fc.record({ kind: fc.constant('reconnect' as const) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 900 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.array(step, { maxLength: 30 }), async (lanes, steps) => {
        const world = new World(lanes, 500)
        for (const each of steps) {
          if (each.kind === 'want') world.demand += each.count
          else if (each.kind === 'leave') world.demand = Math.max(0, world.demand - each.count)
          else if (each.kind === 'arrive')
            world.waiting[each.lane % lanes] = (world.waiting[each.lane % lanes] ?? 0) + each.count
          else if (each.kind === 'expire') world.end(each.lane % lanes, 408, 'Request Timeout')
          else if (each.kind === 'lose') world.end(each.lane % lanes, 409, 'Consumer Deleted', false)
          else if (each.kind === 'reconnect') world.puller.restart()
          else await world.clock.advanceAsync(each.ms)
          world.puller.adjust()
          await world.run()
          expect(world.puller.outstanding).toBeLessThanOrEqual(world.demand + (world.demand > 0 ? lanes - 1 : 0))
        }
        await world.clock.advanceAsync(10_000)
        await world.run()
        const left = world.waiting.reduce((sum, each) => sum + each, 0)
        expect(Math.min(left, world.demand)).toBe(0)
        expect(new Set(world.came).size).toBe(world.came.length)
        world.puller.stop()
        expect(world.clock.pendingTimers).toBe(0)
      }),
      { numRuns: 150 },
    )
  })
})
