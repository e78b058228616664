import { ManualClock, settle } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { AlertEmitter } from './alert-emitter.ts'
import type { AlertNotification, Channel } from './channel.ts'
import type { Matchers } from './matchers.ts'
import { NaiveDesk } from './naive-desk.ts'
import { NaiveSeries } from './naive-series.ts'
import type { AlertEmitterOptions } from './options.ts'
import type { AlertRule, NoDataPolicy } from './rule.ts'

const SHARDS = ['a', 'b', 'c'] as const
const KEYS = [...SHARDS, 'S'] as const
const LEVELS = { above: 10, clearAt: 5 }
const PATIENCE = { forMs: 30, keepFiringMs: 20 }
const LITTLE_PATIENCE = { forMs: 20, keepFiringMs: 0 }
const FLAP_HOLD = { changes: 2, withinMs: 300, calmMs: 60 }
const ESCALATION = [
  { afterMs: 50, channels: ['boss'] },
  { afterMs: 110, channels: ['quick', 'grouped'] },
]
const REPEAT_MS = 70
const WALL = Date.UTC(2026, 0, 1)

/** A receiver: outlives the emitters. */
class Receiver implements Channel {
  readonly name: string
  readonly got: AlertNotification[] = []
  readonly #isSlow: boolean
  readonly #underWay = new Set<string>()
  #waiting: (() => void)[] = []
  fails = false
  overlaps = 0

  constructor(name: string, isSlow = false) {
    this.name = name
    this.#isSlow = isSlow
  }

  send(notification: AlertNotification): void | Promise<void> {
    const { fails } = this
    if (this.#isSlow) {
      const names = (notification.alerts ?? [notification.alert]).map(({ fingerprint }) => fingerprint)
      for (const name of names) {
        if (this.#underWay.has(name)) this.overlaps++
        this.#underWay.add(name)
      }
      return new Promise((resolve, reject) => {
        this.#waiting.push(() => {
          this.got.push(notification)
          for (const name of names) this.#underWay.delete(name)
          if (fails) reject(new Error('flaky'))
          else resolve()
        })
      })
    }
    this.got.push(notification)
    if (fails) throw new Error('flaky')
    return undefined
  }

  answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer()
  }

  /** The emitter has gone: what was under way is lost. */
  cut(): void {
    this.#underWay.clear()
    this.#waiting = []
  }

  /** What it has got of one alert, each id once. */
  of(key: string): string[] {
    const seen = new Set<string>()
    return this.got.flatMap(({ id, kind, reason, alert, alerts = [alert] }) => {
      const mine = alerts.filter(({ labels, rule }) => (labels.shard ?? rule) === key)
      if (mine.length === 0 || seen.has(id)) return []
      seen.add(id)
      for (const { state } of mine) expect(state).toBe(kind)
      return [reason ? `${kind}/${reason}` : kind]
    })
  }

  /** As `of`, with what opens and closes alone. Fails when something closes that was not open. */
  pairsOf(key: string): string[] {
    const pairs: string[] = []
    for (const what of this.of(key)) {
      const isOpen = pairs.length % 2 === 1
      if (what === 'resolved') expect([this.name, key, isOpen]).toEqual([this.name, key, true])
      if (what === 'resolved' || !isOpen) pairs.push(what === 'resolved' ? what : 'firing')
    }
    return pairs
  }
}

/** Nobody is told without a reason of what he knows. */
function assertNews({ name, got }: Receiver): void {
  const open = new Set<string>()
  const seen = new Set<string>()
  for (const { id, kind, reason, alert, alerts = [alert] } of got) {
    if (seen.has(id)) continue
    seen.add(id)
    const news = alerts.filter(({ fingerprint }) => open.has(fingerprint) === (kind === 'resolved'))
    if (!reason) expect([name, id, news.length > 0]).toEqual([name, id, true])
    for (const { fingerprint } of alerts)
      if (kind === 'firing') open.add(fingerprint)
      else open.delete(fingerprint)
  }
}

interface Variant {
  readonly noData: NoDataPolicy
  readonly flaps: boolean
}

class Model {
  now = 0
  readonly series: Map<string, NaiveSeries>
  readonly desk = new NaiveDesk({
    first: ['quick', 'slow'],
    escalation: [
      { afterMs: 50, channels: ['boss'] },
      { afterMs: 110, channels: ['quick'] },
    ],
    repeatEveryMs: REPEAT_MS,
    isInhibited: (key, firing) => key === 'a' && firing.has('S'),
  })

  constructor({ noData, flaps }: Variant) {
    const rule = { ...LEVELS, ...(flaps ? LITTLE_PATIENCE : PATIENCE), noData, flapHold: flaps ? FLAP_HOLD : undefined }
    this.series = new Map(KEYS.map((key) => [key, new NaiveSeries(rule)]))
  }

  of(key: string): NaiveSeries {
    return this.series.get(key) as NaiveSeries
  }

  get firing(): Set<string> {
    return new Set(KEYS.filter((key) => this.of(key).shown === 'firing'))
  }

  tell(key: string, what: readonly string[], more: readonly (readonly [string, string])[] = []): void {
    const happened = [...what.map((each) => [key, each] as const), ...more]
    this.desk.tell(happened, this.firing, (each) => this.of(each).isHeld, this.now)
  }

  evaluate(read: number | undefined): void {
    const happened: (readonly [string, string])[] = []
    for (const key of KEYS) {
      const series = this.of(key)
      if (key !== 'S' && !series.wasSeen) continue
      for (const what of series.see(key === 'S' ? read : series.last, this.now)) happened.push([key, what])
      if (key !== 'S' && series.isForgettable(this.now)) series.wasSeen = false
    }
    this.tell('', [], happened)
    this.pass()
  }

  pass(): void {
    this.desk.pass(this.firing, (key) => this.of(key).isHeld, this.now)
  }
}

class Real {
  readonly receivers = [
    new Receiver('quick'),
    new Receiver('slow', true),
    new Receiver('boss'),
    new Receiver('grouped'),
  ]
  readonly stories = new Map<string, string[]>()
  readonly #variant: Variant
  clock = new ManualClock()
  wallOffset = WALL
  emitter: AlertEmitter
  sourceValue: number | undefined | 'throw'

  constructor(variant: Variant) {
    this.#variant = variant
    this.emitter = new AlertEmitter(this.options())
    this.listen()
  }

  options(): AlertEmitterOptions {
    const { noData, flaps } = this.#variant
    const patience = flaps ? LITTLE_PATIENCE : PATIENCE
    const rule: AlertRule = { name: 'R', severity: 'red', threshold: LEVELS, ...patience, noData }
    const source = (): number | undefined => {
      if (this.sourceValue === 'throw') throw new Error('source')
      return this.sourceValue
    }
    return {
      rules: [rule, { ...rule, name: 'S', source }],
      channels: this.receivers,
      clock: this.clock,
      wallNow: () => this.clock.now() + this.wallOffset,
      routes: [
        { channels: ['quick', 'slow'] },
        { channels: ['grouped'], group: { by: ['rule'], waitMs: 20, intervalMs: 40 } },
      ],
      escalation: ESCALATION,
      repeatEveryMs: REPEAT_MS,
      inhibitions: [{ source: { rule: 'S' }, target: { shard: 'a' } }],
      ...(flaps && { flapHold: FLAP_HOLD }),
    }
  }

  listen(): void {
    this.emitter.on('sourceError', () => {})
    this.emitter.on('deliveryFailed', () => {})
    for (const event of ['pending', 'firing', 'resolved', 'inactive', 'flapping', 'steady'] as const)
      this.emitter.on(event, ({ rule, labels }) => {
        const key = labels.shard ?? rule
        this.stories.set(key, [...(this.stories.get(key) ?? []), event])
      })
  }

  restart(closesFirst: boolean, downMs: number, stepMs: number): number {
    const savedWall = this.clock.now() + this.wallOffset
    if (closesFirst) this.emitter.close()
    const saved = JSON.parse(JSON.stringify(this.emitter)) as ReturnType<AlertEmitter['toJSON']>
    this.emitter.close()
    for (const receiver of this.receivers) receiver.cut()
    this.clock = new ManualClock(downMs * 7)
    this.wallOffset = savedWall + downMs + stepMs - this.clock.now()
    this.emitter = AlertEmitter.restore(saved, this.options())
    this.listen()
    return Math.max(0, downMs + stepMs)
  }
}

type Command = fc.AsyncCommand<Model, Real>

function command(text: string, run: (model: Model, real: Real) => void | Promise<void>): Command {
  return { check: () => true, run: async (model, real) => run(model, real), toString: () => text }
}

const value = fc.constantFrom(0, 5, 6, 10, 11, 11, 11, undefined)
const shard = fc.constantFrom(...SHARDS)

const observe = fc.tuple(shard, value).map(([key, seen]) =>
  command(`observe(${key}, ${seen})`, (model, { emitter }) => {
    const series = model.of(key)
    series.last = seen
    const wasKept = series.wasSeen
    const told = series.see(seen, model.now)
    series.wasSeen = wasKept || told.length > 0 || !series.isForgettable(model.now)
    if (series.isForgettable(model.now)) series.wasSeen = false
    model.tell(key, told)
    emitter.observe({ rule: 'R', labels: { shard: key } }, seen)
  }),
)

const evaluate = fc.oneof(value, fc.constant('throw' as const)).map((read) =>
  command(`evaluate(${read})`, (model, real) => {
    real.sourceValue = read
    model.evaluate(read === 'throw' ? undefined : read)
    real.emitter.evaluate()
  }),
)

const advance = fc.constantFrom(1, 19, 20, 30, 60).map((ms) =>
  command(`advance(${ms})`, (model, { clock }) => {
    model.now += ms
    clock.advance(ms)
  }),
)

const forget = shard.map((key) =>
  command(`forget(${key})`, (model, { emitter }) => {
    model.tell(key, model.of(key).forget())
    emitter.forget({ rule: 'R', labels: { shard: key } })
  }),
)

const scopes = fc.constantFrom<readonly [Matchers, (key: string) => boolean]>(
  [{ shard: 'a' }, (key) => key === 'a'],
  [{ shard: /^[bc]$/ }, (key) => key === 'b' || key === 'c'],
  [{ rule: 'S' }, (key) => key === 'S'],
  [{ severity: ['red'], shard: { not: 'b' } }, (key) => key !== 'b'],
)

const silence = fc.tuple(scopes, fc.constantFrom(25, 80, 200), fc.boolean()).map(([[matchers, covers], ms, byWall]) =>
  command(`silence(${JSON.stringify(matchers)}, ${ms})`, (model, { emitter, clock, wallOffset }) => {
    const until = byWall ? { untilMs: clock.now() + wallOffset + ms } : { forMs: ms }
    const { id } = emitter.silence({ matchers, ...until, by: 'me' })
    model.desk.silences.push({ id, covers, endMs: model.now + ms })
    model.pass()
  }),
)

const expire = fc.nat(3).map((index) =>
  command(`expire(${index})`, (model, { emitter }) => {
    const inForce = model.desk.silences.filter(({ endMs }) => endMs > model.now)
    expect(emitter.silences().map(({ id }) => id)).toEqual(inForce.map(({ id }) => id))
    const ended = inForce[index]
    if (!ended) return
    model.desk.silences = model.desk.silences.filter((each) => each !== ended)
    model.pass()
    expect(emitter.expireSilence(ended.id)).toBe(true)
  }),
)

const acknowledge = scopes.map(([matchers, covers]) =>
  command(`acknowledge(${JSON.stringify(matchers)})`, (model, { emitter }) => {
    const alerts = emitter.acknowledge(matchers, { by: 'me' })
    const keys = alerts.map(({ labels, rule }) => labels.shard ?? rule)
    expect(keys.toSorted()).toEqual(model.desk.acknowledge(covers).toSorted())
  }),
)

const answer = fc.tuple(fc.boolean(), fc.boolean()).map(([quickFails, slowFails]) =>
  command(`answer(${quickFails}, ${slowFails})`, async (_, { receivers: [quick, slow] }) => {
    slow?.answerAll()
    await settle()
    if (quick) quick.fails = quickFails
    if (slow) slow.fails = slowFails
  }),
)

const restart = fc
  .tuple(fc.boolean(), fc.constantFrom(0, 40, 500), fc.constantFrom(0, 0, -3_600_000, 90))
  .map(([closesFirst, downMs, stepMs]) =>
    command(`restart(${closesFirst}, ${downMs}, ${stepMs})`, (model, real) => {
      model.desk.sleep(real.restart(closesFirst, downMs, stepMs))
    }),
  )

const stepWall = fc.constantFrom(-3_600_000, 3_600_000).map((ms) =>
  command(`step(${ms})`, (_, real) => {
    real.wallOffset += ms
  }),
)

function assertSame(model: Model, { emitter, stories, receivers: [quick, slow, boss] }: Real): void {
  for (const key of KEYS) expect([key, stories.get(key) ?? []]).toEqual([key, model.of(key).story])
  const shown = KEYS.map((key) => model.of(key).shown)
  expect(emitter.snapshot()).toMatchObject({
    firing: shown.filter((state) => state === 'firing').length,
    pending: shown.filter((state) => state === 'pending').length,
    flapping: KEYS.filter((key) => model.of(key).isHeld).length,
    acknowledged: [...model.desk.incidents.values()].filter(({ isAcknowledged }) => isAcknowledged).length,
    series: SHARDS.filter((key) => model.of(key).wasSeen).length,
  })
  for (const receiver of [quick, boss])
    for (const key of KEYS)
      expect([receiver?.name, key, receiver?.of(key)]).toEqual([
        receiver?.name,
        key,
        model.desk.got.get(`${receiver?.name} ${key}`) ?? [],
      ])
  expect(slow?.overlaps).toBe(0)
}

/** With nothing to hold them back, the channels of before any escalation know what fires. */
function assertTold(model: Model, real: Real, read: number | undefined): void {
  endSilences(model, real)
  for (let round = 0; round < 3; round++) {
    model.now += 40
    real.clock.advance(40)
    real.sourceValue = read
    model.evaluate(read)
    real.emitter.evaluate()
  }
  for (const key of KEYS) {
    const incident = model.desk.incidents.get(key)
    if (!incident || incident.isAcknowledged || (key === 'a' && model.firing.has('S'))) continue
    expect([key, (real.receivers[3]?.pairsOf(key).length ?? 0) % 2]).toEqual([key, 1])
  }
}

function endSilences(model: Model, real: Real): void {
  for (const { id } of real.emitter.silences()) real.emitter.expireSilence(id)
  model.desk.silences = []
  model.pass()
}

/** Lets everything get well and all channels catch up. */
async function end(model: Model, real: Real): Promise<void> {
  endSilences(model, real)
  for (const key of SHARDS) {
    model.of(key).last = 0
    model.tell(key, model.of(key).see(0, model.now))
    real.emitter.observe({ rule: 'R', labels: { shard: key } }, 0)
  }
  real.sourceValue = 0
  for (let round = 0; round < 10; round++) {
    model.now += 40
    real.clock.advance(40)
    model.evaluate(0)
    real.emitter.evaluate()
  }
  for (let round = 0; round < 80; round++) {
    real.receivers[1]?.answerAll()
    await settle()
  }
}

it.each<Variant>([
  { noData: 'keep', flaps: false },
  { noData: 'fire', flaps: false },
  { noData: 'resolve', flaps: true },
  { noData: 'keep', flaps: true },
])('every fire that a channel gets has one resolve, whatever happens: %o', { timeout: 60_000 }, async (variant) => {
  const commands = fc.commands(
    [observe, observe, observe, evaluate, evaluate, evaluate, advance, advance, advance].concat([
      forget,
      silence,
      expire,
      acknowledge,
      answer,
      restart,
      stepWall,
    ]),
    { maxCommands: 80, size: 'max' },
  )
  await fc.assert(
    fc.asyncProperty(commands, async (run) => {
      const real = new Real(variant)
      const model = new Model(variant)
      await fc.asyncModelRun(() => ({ model, real }), run)
      assertSame(model, real)
      assertTold(model, real, real.sourceValue === 'throw' ? undefined : real.sourceValue)
      await end(model, real)
      const [quick, slow] = real.receivers
      for (const key of KEYS) {
        for (const receiver of real.receivers) expect(receiver.pairsOf(key).length % 2).toBe(0)
        expect([key, slow?.pairsOf(key)]).toEqual([key, quick?.pairsOf(key)])
      }
      for (const receiver of real.receivers) assertNews(receiver)
      expect(real.emitter.snapshot()).toMatchObject({ firing: 0, pending: 0 })
      for (const channel of real.emitter.snapshot().channels)
        expect(channel).toMatchObject({ collecting: 0, waiting: 0, sending: 0, dropped: 0 })
      expect(real.emitter.toJSON().channels.every(({ open, groups }) => open.length + groups.length === 0)).toBe(true)
    }),
    { numRuns: 150 },
  )
})
