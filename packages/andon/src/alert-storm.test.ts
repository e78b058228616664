import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { ManualClock } from '@tps/internal/manual-clock'
import { expect, it } from 'vitest'
import { make } from './alert-fixtures.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { DigestChannel } from './digest.ts'
import { ReliableChannel } from './reliable-channel.ts'
import type { AlertRule } from './rule.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function usedMegabytes(): number {
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

const SERIES = 10_000
const OBSERVATIONS = 100_000
const rules: AlertRule[] = [{ name: 'Slow', severity: 'red', threshold: { above: 200 } }]

/** Counts, and keeps nothing. */
function counter(name: string, answers = true) {
  const counts = { calls: 0, fired: 0, resolved: 0, largest: 0 }
  const channel: Channel = {
    name,
    send({ kind, alert, alerts = [alert] }: AlertNotification) {
      counts.calls++
      counts.largest = Math.max(counts.largest, alerts.length)
      counts[kind === 'firing' ? 'fired' : 'resolved'] += alerts.length
      return answers ? undefined : new Promise<void>(() => {})
    },
  }
  return { channel, counts }
}

it('a storm of 100,000 observations on 10,000 series is told as a few groups, and every alert resolves', () => {
  const { channel, counts } = counter('grouped')
  const { clock, emitter } = make({
    rules,
    channels: [channel],
    group: { by: ['rule'], waitMs: 1000, intervalMs: 10_000 },
    flapHold: { changes: 4, withinMs: 5000 },
    historySize: 50,
  })
  for (let index = 0; index < OBSERVATIONS; index++) {
    if (index % 1000 === 0) {
      clock.advance(100)
      emitter.evaluate()
    }
    const round = Math.floor(index / SERIES)
    emitter.observe({ rule: 'Slow', labels: { host: `h${index % SERIES}` } }, round % 2 === 0 ? 300 : 0)
  }
  expect(emitter.snapshot()).toMatchObject({ series: SERIES, history: 50, droppedObservations: 0 })
  for (let index = 0; index < SERIES; index++) emitter.observe({ rule: 'Slow', labels: { host: `h${index}` } }, 0)
  for (let turn = 0; turn < 3; turn++) {
    clock.advance(10_000)
    emitter.evaluate()
  }
  expect(counts.fired).toBeGreaterThanOrEqual(SERIES)
  expect(counts.calls).toBeLessThan(10)
  expect(counts.largest).toBe(SERIES)
  expect(emitter.snapshot()).toMatchObject({ series: 0, firing: 0, flapping: 0, history: 50 })
  expect(emitter.snapshot().channels[0]).toMatchObject({ collecting: 0, waiting: 0, sending: 0 })
  expect(emitter.toJSON()).toMatchObject({ series: [], channels: [{ open: [], owed: [], groups: [] }] })
})

it('more series than maxSeries are dropped and counted', () => {
  const { emitter } = make({ rules, maxSeries: 1000 })
  for (let index = 0; index < OBSERVATIONS; index++)
    emitter.observe({ rule: 'Slow', labels: { host: `h${index % SERIES}` } }, 300)
  expect(emitter.snapshot()).toMatchObject({ series: 1000, firing: 1000, droppedObservations: 90_000 })
})

it('a channel that never answers holds no more than its capacity, and the others get all', () => {
  const stuck = counter('stuck', false)
  const well = counter('well')
  const { emitter } = make({ rules, channels: [stuck.channel, well.channel], channelCapacity: 100 })
  let dropped = 0
  emitter.on('deliveryFailed', () => dropped++)
  for (const value of [300, 0, 300, 0])
    for (let index = 0; index < SERIES; index++) emitter.observe({ rule: 'Slow', labels: { host: `h${index}` } }, value)
  const [held, free] = emitter.snapshot().channels
  expect(held).toMatchObject({ sending: 100, waiting: 100, dropped: 2 * SERIES - 100 })
  expect(free).toMatchObject({ sent: 4 * SERIES, dropped: 0 })
  expect(dropped).toBe(2 * SERIES - 100)
  expect(well.counts).toMatchObject({ fired: 2 * SERIES, resolved: 2 * SERIES })
})

it('repeats of a long storm do not pile up', () => {
  const stuck = counter('stuck', false)
  const { emitter, after } = make({ rules, channels: [stuck.channel], repeatEveryMs: 10, channelCapacity: 50 })
  emitter.on('deliveryFailed', () => {})
  for (let index = 0; index < 50; index++) emitter.observe({ rule: 'Slow', labels: { host: `h${index}` } }, 300)
  for (let turn = 0; turn < 100; turn++) after(10)
  expect(emitter.snapshot().channels[0]).toMatchObject({ sending: 50, waiting: 0, dropped: 0 })
})

it('a storm of 100,000 observations on 10,000 series comes to people as digests, in bounded memory', async () => {
  const clock = new ManualClock()
  const messages = { single: 0, digests: 0, largest: 0 }
  const second = (): Promise<void> => new Promise((resolve) => void clock.schedule(1000, resolve))
  const inner: DigestChannel = {
    name: 'people',
    send() {
      messages.single++
      return second()
    },
    sendDigest({ notifications }) {
      messages.digests++
      messages.largest = Math.max(messages.largest, notifications)
      return second()
    },
  }
  const people = new ReliableChannel(inner, {
    clock,
    timers: clock,
    concurrency: 1,
    capacity: 1000,
    digest: { above: 10, windowMs: 30_000 },
  })
  const open = new Set<string>()
  people.on('delivered', ({ notification: { kind, alert } }) => {
    if (kind === 'firing') open.add(alert.fingerprint)
    else expect(open.delete(alert.fingerprint)).toBe(true)
  })
  const { emitter } = make({ rules, channels: [people], historySize: 50 }, clock)
  emitter.on('deliveryFailed', () => {})
  const before = usedMegabytes()
  for (let round = 0; round < OBSERVATIONS / SERIES; round++) {
    for (let index = 0; index < SERIES; index++)
      emitter.observe({ rule: 'Slow', labels: { host: `h${index}` } }, round % 2 === 0 ? 300 : 0)
    // No more than the channel takes, and the resolves of what it has taken, wait anywhere.
    expect(people.snapshot().waiting).toBeLessThanOrEqual(2000)
    await clock.advanceAsync(10_000)
  }
  expect(usedMegabytes() - before).toBeLessThan(16)
  await clock.advanceAsync(120_000)
  expect(open.size).toBe(0)
  expect(messages.single + messages.digests).toBeLessThan(40)
  expect(messages.largest).toBeGreaterThan(900)
  expect(emitter.snapshot()).toMatchObject({ series: 0, firing: 0, history: 50 })
  expect(emitter.snapshot().channels[0]).toMatchObject({ waiting: 0, sending: 0 })
})
