import { ManualClock, settle } from '@tps/internal/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Hand, Hands } from './nats-hands.ts'
import { LoopWatch } from './nats-loop-watch.ts'

const LEASE_MS = 1_000
let clock: ManualClock
let hands: Hands
let sent: [payload: string, atMs: number, untilMs: number][]
let lost: number[]
let answer: () => Promise<unknown>

beforeEach(() => {
  clock = new ManualClock()
  sent = []
  lost = []
  answer = async () => {}
  hands = new Hands(LEASE_MS, clock, clock, async (_reply, payload, untilMs) => {
    sent.push([payload, clock.now(), untilMs])
    await answer()
  })
  hands.onLost = ({ sequence }) => lost.push(sequence)
})

function take(sentMs = clock.now()): Hand {
  const hand = hands.take('reply', 'standard', 7, sentMs)
  if (!hand) throw new Error('it was too old')
  return hand
}

describe('a message in hand', () => {
  it('is given back when its time is over, before the server gives it to another', async () => {
    const hand = take()
    await clock.advanceAsync(LEASE_MS - 1)
    expect([hands.holds(hand), sent]).toEqual([true, []])
    await clock.advanceAsync(1)
    expect([hands.holds(hand), lost, hands.size, clock.pendingTimers]).toEqual([false, [7], 0, 0])
    expect(sent).toEqual([['-NAK', LEASE_MS, 1.2 * LEASE_MS]])
  })

  it('lasts from when the server sent it, and is not taken when that is over', async () => {
    clock.advance(5_000)
    expect(hands.take('reply', 'standard', 7, 4_000)).toBeUndefined()
    take(4_500)
    await clock.advanceAsync(500)
    expect(lost).toEqual([7])
  })

  it('is not given back by one who stood still until the server may have given it to another', async () => {
    const hand = take()
    // A process that was stopped: its timers fire late.
    const now = clock.now.bind(clock)
    clock.now = () => now() + 500
    await clock.advanceAsync(LEASE_MS)
    expect([lost, sent, await hands.acknowledge(hand)]).toEqual([[7], [], false])
  })

  it('ends once: what comes too late sends nothing', async () => {
    const hand = take()
    expect(await hands.acknowledge(hand)).toBe(true)
    expect(sent).toEqual([['+ACK', 0, 1.2 * LEASE_MS]])
    expect(await hands.acknowledge(hand)).toBe(false)
    expect([sent.length, lost]).toEqual([1, []])
  })

  it('may be ended again when the server did not answer', async () => {
    const hand = take()
    answer = async () => Promise.reject(new Error('silence'))
    await expect(hands.acknowledge(hand)).rejects.toThrow('silence')
    answer = async () => {}
    expect(await hands.giveBack(hand, 0.5)).toBe(true)
    expect(sent.map(([payload]) => payload)).toEqual(['+ACK', '-NAK {"delay":500000}'])
  })

  it('is not given back while an end of it is under way, which may still arrive', async () => {
    const hand = take()
    const { promise, resolve: confirm } = Promise.withResolvers<void>()
    answer = async () => promise
    const ending = hands.acknowledge(hand)
    await clock.advanceAsync(LEASE_MS)
    expect([sent.length, lost]).toEqual([1, [7]])
    confirm()
    expect(await ending).toBe(true)
  })

  it('leaves only after what must come before has succeeded', async () => {
    const hand = take()
    await expect(hands.end(hand, '+TERM', async () => Promise.reject(new Error('no grave')))).rejects.toThrow(
      'no grave',
    )
    expect([sent, hands.holds(hand)]).toEqual([[], true])
    const order: string[] = []
    answer = async () => void order.push('term')
    await hands.end(hand, '+TERM', async () => void order.push('buried'))
    expect(order).toEqual(['buried', 'term'])
  })

  it('is extended from when that was asked for, and the server is told at once', async () => {
    const hand = take()
    await clock.advanceAsync(900)
    expect(await hands.extend(hand, LEASE_MS)).toBe(true)
    await clock.advanceAsync(900)
    expect([hands.holds(hand), sent]).toEqual([true, [['+WPI', 900, 1.2 * LEASE_MS]]])
    await clock.advanceAsync(100)
    expect([lost, await hands.extend(hand, LEASE_MS)]).toEqual([[7], false])
  })

  it('is renewed at each third of what the server waits while it is extended for longer', async () => {
    const hand = take()
    await hands.extend(hand, 3_000)
    await clock.advanceAsync(2_999)
    expect(sent.map(([payload, atMs]) => [payload, atMs])).toEqual(
      [0, 400, 800, 1_200, 1_600, 2_000, 2_400, 2_800].map((ms) => ['+WPI', ms]),
    )
    await clock.advanceAsync(1)
    expect([lost, sent.at(-1)?.[0], clock.pendingTimers]).toEqual([[7], '-NAK', 0])
    expect(hands.holds(hand)).toBe(false)
  })

  it('is lost when the server is told nothing for as long as it waits, however long it was extended', async () => {
    const hand = take()
    await hands.extend(hand, 10_000)
    answer = async () => Promise.reject(new Error('silence'))
    await clock.advanceAsync(1_200)
    expect([lost, hands.holds(hand)]).toEqual([[7], false])
    expect(sent.every(([payload]) => payload === '+WPI')).toBe(true)
  })

  it('may end sooner than it would have', async () => {
    const hand = take()
    await hands.extend(hand, 10)
    await clock.advanceAsync(10)
    expect([lost, hands.holds(hand)]).toEqual([[7], false])
  })

  it('is lost when the consumer of its class is taken away, and nothing is said of it', async () => {
    const hand = take()
    const other = hands.take('other', 'urgent', 8, 0)
    hands.loseAll('standard')
    expect([lost, hands.size, other && hands.holds(other)]).toEqual([[7], 1, true])
    expect([await hands.acknowledge(hand), sent]).toEqual([false, []])
  })

  it('is forgotten when the queue stops, and no timer is left', () => {
    take()
    hands.stop()
    expect([hands.size, clock.pendingTimers, lost]).toEqual([0, 0, []])
  })
})

describe('the watch on the loop', () => {
  const EVERY_MS = 100
  let passed: () => void
  let flushes: number
  let watch: LoopWatch

  beforeEach(() => {
    flushes = 0
    watch = new LoopWatch(EVERY_MS, clock, clock, async () => {
      flushes++
      await new Promise<void>((resolve) => (passed = resolve))
    })
  })

  it('says that what arrives was sent no earlier than its last tick', async () => {
    clock.advance(50)
    expect(watch.sentMs).toBe(50)
    watch.start()
    watch.start()
    await clock.advanceAsync(90)
    expect(watch.sentMs).toBe(50)
    await clock.advanceAsync(30)
    expect([watch.sentMs, clock.pendingTimers]).toEqual([150, 1])
    watch.stop()
    expect([watch.sentMs, clock.pendingTimers, flushes]).toEqual([170, 0, 0])
  })

  it('trusts nothing after a pause until all that waited has been read', async () => {
    let nowMs = 0
    const paused = { now: () => nowMs }
    watch = new LoopWatch(EVERY_MS, paused, clock, async () => {
      flushes++
      await new Promise<void>((resolve) => (passed = resolve))
    })
    watch.start()
    nowMs = 5_000
    let isFresh = false
    const fresh = watch.fresh().then(() => (isFresh = true))
    clock.advance(EVERY_MS)
    nowMs = 5_100
    await settle()
    expect([watch.sentMs, flushes, isFresh]).toEqual([0, 1, false])
    passed()
    await fresh
    expect([watch.sentMs, isFresh]).toEqual([5_000, true])
    await watch.fresh()
    expect([watch.sentMs, flushes]).toEqual([5_100, 1])
    watch.stop()
  })

  it('goes on when the connection was lost on the way', async () => {
    let nowMs = 0
    watch = new LoopWatch(EVERY_MS, { now: () => nowMs }, clock, async () => Promise.reject(new Error('lost')))
    watch.start()
    nowMs = 1_000
    await watch.fresh()
    expect(watch.sentMs).toBe(1_000)
    watch.stop()
    await watch.fresh()
    expect(clock.pendingTimers).toBe(0)
  })
})
