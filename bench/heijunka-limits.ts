import { type RateLimiter, adaptiveLimiter, adaptiveThrottle, rateLimiter } from '@tps/heijunka'
import Bottleneck from 'bottleneck'
import { RateLimiterMemory } from 'rate-limiter-flexible'
import { bytesEach, compare } from './harness.ts'

let admitted = 0
const count = (isAdmitted: boolean): void => {
  if (isAdmitted) admitted++
}

// A thousand a second, a thousand at once: asked every 2 ms it admits all, every 0.1 ms nine of ten are refused.
// Each has a loop of its own, so that what is measured is the decision and not a call through a closure.
const make = (): RateLimiter => rateLimiter({ limit: 1000, burst: 1000 })
const [free, strict, keyed, object, clocked] = [make(), make(), make(), make(), make()]
let nowMs = 0

await compare({
  title: 'rateLimiter: one decision',
  operations: 1_000_000,
  contenders: [
    {
      name: 'admitted, with a given time',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(free.tryTake(1, (nowMs += 2)))
      },
    },
    {
      name: 'nine of ten refused, with a given time',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(strict.tryTake(1, (nowMs += 0.1)))
      },
    },
    {
      name: 'one key, with a given time',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(keyed.tryTakeFor('user', 1, (nowMs += 2)))
      },
    },
    {
      name: 'one key, as an object, with a given time',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(object.tryTake({ key: 'user', nowMs: (nowMs += 2) }))
      },
    },
    {
      name: 'without a key, reading the clock',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(clocked.tryTake())
      },
    },
    {
      name: 'reading the clock, nothing else',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(performance.now() < 0)
      },
    },
  ],
})

const KEYS = 1000
const keys = Array.from({ length: KEYS }, (_, index) => `user:${index}`)
const keyOf = (index: number): string => keys[index % KEYS] ?? ''
const ours = rateLimiter({ limit: 1_000_000, perMs: 1000 })
const flexible = new RateLimiterMemory({ points: 1_000_000, duration: 1 })
const bottleneck = new Bottleneck({ reservoir: 1_000_000 })
const nothing = async (): Promise<void> => {}

/** Awaits `call` as often as asked. */
const awaiting = (call: (index: number) => Promise<unknown>) => async (operations: number) => {
  for (let index = 0; index < operations; index++) await call(index)
}

await compare({
  title: `rateLimiter and others: one admitted call, ${KEYS} keys in turn, everyone reading the clock`,
  operations: 10_000,
  contenders: [
    {
      name: 'rateLimiter, tryTakeFor',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(ours.tryTakeFor(keyOf(index)))
      },
    },
    { name: 'rateLimiter, take', run: awaiting((index) => ours.take({ key: keyOf(index) })) },
    { name: 'rateLimiter, execute', run: awaiting((index) => ours.execute(nothing, { key: keyOf(index) })) },
    { name: 'rate-limiter-flexible, consume', run: awaiting((index) => flexible.consume(keyOf(index))) },
  ],
})
// A job of bottleneck takes several timers: some milliseconds each.
await compare({
  title: 'rateLimiter and bottleneck: one admitted call',
  operations: 100,
  rounds: 5,
  contenders: [
    {
      name: 'rateLimiter, tryTakeFor',
      run: (operations) => {
        for (let index = 0; index < operations; index++) count(ours.tryTakeFor(keyOf(index)))
      },
    },
    { name: 'rateLimiter, execute', run: awaiting((index) => ours.execute(nothing, { key: keyOf(index) })) },
    { name: 'bottleneck, schedule', run: awaiting(() => bottleneck.schedule(nothing)) },
  ],
})

// Does a decision cost more where many keys are kept? Every limiter is filled with that many keys that stay limited.
const PERIOD_MS = 1e12
for (const [title, chosen] of [
  ['a hundred of the keys in turn', (kept: number) => Math.min(100, kept)],
  ['all keys in turn', (kept: number) => kept],
] as const) {
  const contenders = [1, 100, 10_000, 1_000_000].flatMap((kept) => {
    const limiter = rateLimiter({ limit: 1000, perMs: PERIOD_MS, burst: 1e6, maxKeys: kept })
    const names = Array.from({ length: kept }, (_, index) => `user:${index}`)
    const map = new Map(names.map((name, index) => [name, index]))
    for (const name of names) limiter.tryTakeFor(name, 1, 0)
    if (limiter.snapshot().keys !== kept) throw new Error('all keys should be kept')
    const used = names.slice(0, chosen(kept))
    let turn = 0
    const next = (): string => {
      turn = turn + 1 === used.length ? 0 : turn + 1
      return used[turn] ?? ''
    }
    const label = kept.toLocaleString('en-US')
    return [
      {
        name: `${label} keys kept`,
        run: (operations: number) => {
          for (let index = 0; index < operations; index++) count(limiter.tryTakeFor(next(), 1, index))
        },
      },
      {
        name: `${label} keys, a look-up in a bare Map`,
        run: (operations: number) => {
          for (let index = 0; index < operations; index++) count((map.get(next()) ?? -1) >= 0)
        },
      },
    ]
  })
  await compare({ title: `rateLimiter: one decision, ${title}`, operations: 1_000_000, contenders })
}

const perKey = bytesEach(1_000_000, (kept) => {
  const limiter = rateLimiter({ limit: 1000, perMs: PERIOD_MS, maxKeys: kept })
  for (let key = 0; key < kept; key++) limiter.tryTakeFor(key, 1, 0)
  return limiter
})
// The arrival times lie outside of the heap that is measured: 8 bytes each.
console.log(`\nrateLimiter: ${(perKey + 8).toFixed(0)} bytes a key, numbers as keys, at 1,000,000 keys`)

const work = async (): Promise<number> => 1
const [gradient, aimd] = [adaptiveLimiter(), adaptiveLimiter({ algorithm: { kind: 'aimd' } })]
const partitioned = adaptiveLimiter({ partitions: { live: 0.5, batch: 0.2 } })
const throttle = adaptiveThrottle()
await compare({
  title: 'adaptiveLimiter and adaptiveThrottle: one awaited call that succeeds',
  operations: 50_000,
  contenders: [
    { name: 'the bare call', run: awaiting(work) },
    { name: 'adaptiveLimiter, gradient', run: awaiting(() => gradient.execute(work)) },
    { name: 'adaptiveLimiter, aimd', run: awaiting(() => aimd.execute(work)) },
    {
      name: 'adaptiveLimiter, gradient, two classes',
      run: awaiting(() => partitioned.execute(work, { class: 'live' })),
    },
    { name: 'adaptiveThrottle', run: awaiting(() => throttle.execute(work)) },
  ],
})
await compare({
  title: 'adaptiveLimiter: a permit taken and given back',
  operations: 200_000,
  contenders: [
    {
      name: 'gradient',
      run: (operations) => {
        for (let index = 0; index < operations; index++) gradient.tryAcquire()?.success()
      },
    },
    {
      name: 'refused',
      run: (operations) => {
        const full = adaptiveLimiter({ initialLimit: 1 })
        full.tryAcquire()
        for (let index = 0; index < operations; index++) full.tryAcquire()
      },
    },
  ],
})
if (admitted === 0) throw new Error('something should have been admitted')
