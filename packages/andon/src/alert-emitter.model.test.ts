import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { AlertRule, NoDataPolicy } from './rule.ts'

const SHARDS = ['a', 'b', 'c'] as const
const ABOVE = 10
const CLEAR_AT = 5
const FOR_MS = 30
const KEEP_MS = 20

/** What is expected of one series, kept as the whole story of what was seen: nothing is forgotten, all is recomputed. */
class NaiveSeries {
  readonly #noData: NoDataPolicy
  #breachSince: number | undefined
  #clearSince: number | undefined
  #isFiring = false
  last: number | undefined
  wasSeen = false
  readonly story: string[] = []

  constructor(noData: NoDataPolicy) {
    this.#noData = noData
  }

  get state(): 'inactive' | 'pending' | 'firing' {
    return this.#isFiring ? 'firing' : this.#breachSince === undefined ? 'inactive' : 'pending'
  }

  see(value: number | undefined, now: number): void {
    if (value === undefined && this.#noData === 'keep') return
    const isBad = value === undefined ? this.#noData === 'fire' : value > ABOVE
    const isGood = value === undefined ? this.#noData === 'resolve' : value <= CLEAR_AT
    if (this.#isFiring) {
      if (!isGood) this.#clearSince = undefined
      else this.#clearSince ??= now
      if (this.#clearSince !== undefined && now >= this.#clearSince + KEEP_MS) this.#end('resolved')
    } else if (isBad) {
      if (this.#breachSince === undefined) this.story.push('pending')
      this.#breachSince ??= now
      if (now >= this.#breachSince + FOR_MS) {
        this.#isFiring = true
        this.story.push('firing')
      }
    } else if (this.#breachSince !== undefined) this.#end('inactive')
  }

  forget(): void {
    if (this.#isFiring) this.#end('resolved')
    else if (this.#breachSince !== undefined) this.#end('inactive')
    this.wasSeen = false
    this.last = undefined
  }

  #end(how: string): void {
    this.story.push(how)
    this.#isFiring = false
    this.#breachSince = this.#clearSince = undefined
  }
}

interface Model {
  now: number
  readonly series: Map<string, NaiveSeries>
}

class FlakyChannel implements Channel {
  readonly name: string
  readonly got: AlertNotification[] = []
  readonly #waiting: (() => void)[] = []
  readonly #underWay = new Set<string>()
  readonly #isSlow: boolean
  /** How often it was given a notification while an earlier one of the same alert was under way. */
  overlaps = 0
  fails = false

  constructor(name: string, isSlow: boolean) {
    this.name = name
    this.#isSlow = isSlow
  }

  send(notification: AlertNotification): void | Promise<void> {
    this.got.push(notification)
    const { fails } = this
    const { fingerprint } = notification.alert
    if (this.#underWay.has(fingerprint)) this.overlaps++
    if (this.#isSlow) {
      this.#underWay.add(fingerprint)
      return new Promise((resolve, reject) => {
        this.#waiting.push(() => {
          this.#underWay.delete(fingerprint)
          if (fails) reject(new Error('flaky'))
          else resolve()
        })
      })
    }
    if (fails) throw new Error('flaky')
    return undefined
  }

  answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer()
  }
}

class Real {
  readonly clock = new ManualClock()
  readonly channels = [new FlakyChannel('quick', false), new FlakyChannel('slow', true)]
  readonly stories = new Map<string, string[]>()
  readonly emitter: AlertEmitter
  sourceValue: number | undefined | 'throw'

  constructor(noData: NoDataPolicy) {
    const rule: AlertRule = {
      name: 'R',
      severity: 'red',
      threshold: { above: ABOVE, clearAt: CLEAR_AT },
      forMs: FOR_MS,
      keepFiringMs: KEEP_MS,
      noData,
    }
    const source = (): number | undefined => {
      if (this.sourceValue === 'throw') throw new Error('source')
      return this.sourceValue
    }
    const { clock, channels } = this
    this.emitter = new AlertEmitter({
      rules: [rule, { ...rule, name: 'S', source }],
      channels,
      clock,
      wallNow: () => clock.now(),
    })
    this.emitter.on('sourceError', () => {})
    this.emitter.on('deliveryFailed', () => {})
    for (const event of ['pending', 'firing', 'resolved', 'inactive'] as const)
      this.emitter.on(event, ({ rule, labels, state }) => {
        const key = labels.shard ?? rule
        this.stories.set(key, [...(this.stories.get(key) ?? []), state])
      })
  }
}

type Command = fc.AsyncCommand<Model, Real>

const value = fc.constantFrom(0, CLEAR_AT, CLEAR_AT + 1, ABOVE, ABOVE + 1, ABOVE + 1, ABOVE + 1, undefined)

const observe = fc.tuple(fc.constantFrom(...SHARDS), value).map(([shard, seen]): Command => ({
  check: () => true,
  async run(model, { emitter }) {
    const series = model.series.get(shard) as NaiveSeries
    series.last = seen
    series.wasSeen = true
    series.see(seen, model.now)
    emitter.observe({ rule: 'R', labels: { shard } }, seen)
  },
  toString: () => `observe(${shard}, ${seen})`,
}))

const evaluate = fc.oneof(value, fc.constant('throw' as const)).map((read): Command => ({
  check: () => true,
  async run(model, real) {
    real.sourceValue = read
    for (const shard of SHARDS) {
      const series = model.series.get(shard) as NaiveSeries
      if (series.wasSeen) series.see(series.last, model.now)
    }
    model.series.get('S')?.see(read === 'throw' ? undefined : read, model.now)
    real.emitter.evaluate()
  },
  toString: () => `evaluate(${read})`,
}))

const advance = fc.constantFrom(1, KEEP_MS - 1, KEEP_MS, FOR_MS).map((ms): Command => ({
  check: () => true,
  async run(model, { clock }) {
    model.now += ms
    clock.advance(ms)
  },
  toString: () => `advance(${ms})`,
}))

const forget = fc.constantFrom(...SHARDS).map((shard): Command => ({
  check: () => true,
  async run(model, { emitter }) {
    model.series.get(shard)?.forget()
    emitter.forget({ rule: 'R', labels: { shard } })
  },
  toString: () => `forget(${shard})`,
}))

const answer = fc.tuple(fc.boolean(), fc.boolean()).map(([quickFails, slowFails]): Command => ({
  check: () => true,
  async run(_, { channels: [quick, slow] }) {
    slow?.answerAll()
    await settle()
    if (quick) quick.fails = quickFails
    if (slow) slow.fails = slowFails
  },
  toString: () => `answer(${quickFails}, ${slowFails})`,
}))

/** What a channel got of each alert must be firing, resolved, firing, resolved … */
function assertPaired(got: readonly AlertNotification[], story: readonly string[], key: string): void {
  const mine = got.filter(({ alert }) => (alert.labels.shard ?? alert.rule) === key).map(({ kind }) => kind)
  expect(mine).toEqual(story.filter((state) => state === 'firing' || state === 'resolved'))
  for (const [index, kind] of mine.entries()) expect(kind).toBe(index % 2 === 0 ? 'firing' : 'resolved')
}

function assertSame(model: Model, { emitter, stories }: Real, noData: NoDataPolicy): void {
  for (const [key, series] of model.series) expect([key, stories.get(key) ?? []]).toEqual([key, series.story])
  const states = [...model.series.values()].map(({ state }) => state)
  const { firing, pending } = emitter.snapshot()
  expect({ firing, pending }).toEqual({
    firing: states.filter((state) => state === 'firing').length,
    pending: states.filter((state) => state === 'pending').length,
  })
  expect(emitter.alerts()).toHaveLength(firing + pending)
  const kept = SHARDS.map((shard) => model.series.get(shard)).filter((series) =>
    noData === 'fire' ? series?.wasSeen : series?.state !== 'inactive',
  )
  expect(emitter.snapshot().series).toBe(kept.length)
}

it.each(['keep', 'fire', 'resolve'] as const)('does what the naive one does, noData %s', async (noData) => {
  const commands = fc.commands([observe, observe, evaluate, evaluate, advance, advance, forget, answer], {
    maxCommands: 60,
  })
  await fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const real = new Real(noData)
      const model: Model = { now: 0, series: new Map([...SHARDS, 'S'].map((key) => [key, new NaiveSeries(noData)])) }
      await fc.asyncModelRun(() => ({ model, real }), run)
      assertSame(model, real, noData)
      // Let the slow channel catch up: each answer may release one more notification of each alert.
      for (let round = 0; round < 60; round++) {
        real.channels[1]?.answerAll()
        await settle()
      }
      for (const { got } of real.channels) for (const [key, { story }] of model.series) assertPaired(got, story, key)
      expect(real.emitter.snapshot().channels).toMatchObject([
        { waiting: 0, sending: 0, dropped: 0 },
        { waiting: 0, sending: 0, dropped: 0 },
      ])
    }),
    { numRuns: 100 },
  )
})
