import { CircuitBreaker, type CircuitBreakerOptions } from '@tps/jidoka'
import { SamplingBreaker, circuitBreaker, handleAll } from 'cockatiel'
import Opossum from 'opossum'
import { bytesEach, compare } from './harness.ts'

const work = async (): Promise<number> => 1
const failing = async (): Promise<never> => {
  throw new Error('down')
}

/** What anyone would write by hand: an async function that counts. */
class Minimal {
  successes = 0
  failures = 0

  async execute<T>(call: () => Promise<T>): Promise<T> {
    try {
      const value = await call()
      this.successes++
      return value
    } catch (error) {
      this.failures++
      throw error
    }
  }
}

/** A time window, durations and a slow-call rule: everything that the closed path can be asked to do. */
const full: CircuitBreakerOptions = {
  window: { kind: 'time', ms: 30_000 },
  trip: { failureRatio: 0.5, slowRatio: 0.8, slowCallMs: 2_000, minimumCalls: 20 },
}
const cockatielOf = (): ReturnType<typeof circuitBreaker> =>
  circuitBreaker(handleAll, {
    halfOpenAfter: 3_600_000,
    breaker: new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 1 }),
  })
const opossumOf = (): Opossum<[], number> =>
  new Opossum<[], number>(work, {
    timeout: false,
    rollingCountTimeout: 30_000,
    errorThresholdPercentage: 50,
    volumeThreshold: 20,
    resetTimeout: 3_600_000,
  })

/** Awaits `call` as often as asked. */
const awaiting = (call: () => Promise<unknown>) => async (operations: number) => {
  for (let index = 0; index < operations; index++) await call()
}
const refused = (call: () => Promise<unknown>) => async (operations: number) => {
  let refusals = 0
  for (let index = 0; index < operations; index++) {
    try {
      await call()
    } catch {
      refusals++
    }
  }
  if (refusals !== operations) throw new Error('was admitted')
}

const breaker = new CircuitBreaker(full)
const plain = new CircuitBreaker()
const wrapped = breaker.wrap(work)
const minimal = new Minimal()
const cockatiel = cockatielOf()
const opossum = opossumOf()

let sink = 0
const closed = await compare({
  title: 'A closed circuit: one awaited call',
  operations: 100_000,
  contenders: [
    { name: 'execute, time window and slow calls', run: awaiting(() => breaker.execute(work)) },
    { name: 'execute, default options', run: awaiting(() => plain.execute(work)) },
    { name: 'wrap', run: awaiting(() => wrapped()) },
    { name: 'the bare call', run: awaiting(work) },
    { name: 'a minimal async wrapper', run: awaiting(() => minimal.execute(work)) },
    { name: 'cockatiel', run: awaiting(() => cockatiel.execute(work)) },
    { name: 'opossum', run: awaiting(() => opossum.fire()) },
  ],
})
const nsOf = (name: string): number => closed.find((result) => result.name === name)?.ns ?? Number.NaN
const added = (name: string): number => nsOf(name) - nsOf('the bare call')
const ours = added('execute, time window and slow calls')
console.log(`  added to the bare call: ${ours.toFixed(0)} ns`)
for (const name of ['a minimal async wrapper', 'cockatiel', 'opossum'])
  console.log(`    ${(ours / added(name)).toFixed(2)} × what ${name} adds (${added(name).toFixed(0)} ns)`)

// What of it is the clock: the same call with a clock that costs nothing, and two readings of the real one.
const timeless = new CircuitBreaker({ ...full, clock: { now: () => 1 } })
const clocks = await compare({
  title: 'Of that, the clock',
  operations: 100_000,
  contenders: [
    { name: 'execute with a clock that costs nothing', run: awaiting(() => timeless.execute(work)) },
    { name: 'the bare call', run: awaiting(work) },
    { name: 'a minimal async wrapper', run: awaiting(() => minimal.execute(work)) },
    {
      name: 'two readings of performance.now()',
      run: (operations) => {
        for (let index = 0; index < operations; index++) sink += performance.now() - performance.now()
      },
    },
  ],
})
const [withoutClock = Number.NaN, bareNs = Number.NaN, minimalNs = Number.NaN] = clocks.map(({ ns }) => ns)
console.log(
  `  without the clock: ${((withoutClock - bareNs) / (minimalNs - bareNs)).toFixed(2)} × what a minimal wrapper adds`,
)

const rounds = new Map(
  [1, 1_000, 100_000].map((count) => [count, Array.from({ length: count }, () => new CircuitBreaker(full))]),
)
await compare({
  title: 'A closed circuit, one after the other of many breakers',
  operations: 100_000,
  contenders: Array.from(rounds, ([count, breakers]) => ({
    name: `${count.toLocaleString('en-US')} breakers`,
    run: async (operations: number) => {
      for (let index = 0; index < operations; index++) await breakers[index % count]?.execute(work)
    },
  })),
})
rounds.clear()

const open = new CircuitBreaker({
  ...full,
  break: { ms: 3_600_000, maxMs: 3_600_000 },
  trip: { consecutiveFailures: 1 },
})
open.tryAcquire()?.failure(new Error('down'))
const never = new CircuitBreaker({ trip: { consecutiveFailures: Infinity } })
const cockatielOpen = cockatielOf()
cockatielOpen.isolate()
const opossumOpen = opossumOf()
opossumOpen.open()

await compare({
  title: 'An open circuit: one refusal without a promise',
  operations: 500_000,
  contenders: [
    {
      name: 'tryAcquire',
      run: (operations) => {
        for (let index = 0; index < operations; index++) if (open.tryAcquire()) throw new Error('was admitted')
      },
    },
    {
      name: 'one reading of the clock',
      run: (operations) => {
        for (let index = 0; index < operations; index++) sink += performance.now()
      },
    },
  ],
})
await compare({
  title: 'An open circuit: one refused call, awaited and caught',
  operations: 20_000,
  contenders: [
    { name: 'execute', run: refused(() => open.execute(work)) },
    { name: 'cockatiel', run: refused(() => cockatielOpen.execute(work)) },
    { name: 'opossum', run: refused(() => opossumOpen.fire()) },
  ],
})
await compare({
  title: 'A closed circuit that never opens: one failing call, awaited and caught',
  operations: 20_000,
  contenders: [
    { name: 'execute', run: refused(() => never.execute(failing)) },
    { name: 'a minimal async wrapper', run: refused(() => minimal.execute(failing)) },
  ],
})

console.log('\nMemory a breaker')
const memory = (name: string, count: number, make: () => unknown): void => {
  const bytes = bytesEach(count, (count) => Array.from({ length: count }, make))
  console.log(`  ${name.padEnd(28)} ${bytes.toFixed(0).padStart(7)} bytes each, of ${count.toLocaleString('en-US')}`)
}
memory('default options', 100_000, () => new CircuitBreaker())
memory('time window and slow calls', 100_000, () => new CircuitBreaker(full))
memory('cockatiel', 100_000, cockatielOf)
// It starts timers for each, so fewer are made, and they are stopped again.
const stopped: Opossum<[], number>[] = []
memory('opossum', 2_000, () => {
  const made = opossumOf()
  stopped.push(made)
  return made
})
for (const made of [...stopped, opossum, opossumOpen]) made.shutdown()
if (sink < 0) throw new Error('the clock ran backwards')
