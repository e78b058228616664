import { AlertEmitter, type AlertEmitterOptions, type AlertRule } from '@tps/andon'
import { bytesEach, compare } from './harness.ts'

function rulesOf(count: number, value: () => number): AlertRule[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `rule-${index}`,
    severity: 'yellow',
    threshold: { above: 100 },
    forMs: 1000,
    source: value,
  }))
}

let reading = 0
const next = (): number => (reading = (reading + 1) % 100)
const evaluated = await compare({
  title: 'evaluate one rule with a source, by how many there are',
  operations: 1_000_000,
  contenders: [1000, 1, 10_000, 100_000].map((count) => {
    const emitter = new AlertEmitter({ rules: rulesOf(count, next) })
    return {
      name: `${count.toLocaleString('en-US')} rules`,
      run(operations) {
        for (let done = 0; done < operations; done += count) emitter.evaluate()
      },
    }
  }),
})
for (const { name, ns } of evaluated) console.log(`  ${name}: ${(1000 / ns).toFixed(1)} million rules a second`)

let good = 0
const KINDS: readonly (readonly [string, object])[] = [
  ['threshold', { threshold: { above: 100 }, source: next }],
  ['absence', { absence: { afterMs: 1000 }, source: next }],
  ['rate', { rate: { above: 1e9, overMs: 1000 }, source: next }],
  [
    'burn rate',
    {
      burnRate: { target: 0.9, longMs: 60_000, shortMs: 5000, factor: 5 },
      source: () => ({ good: ++good, total: good }),
    },
  ],
  ['evaluate', { evaluate: () => next() > 100 }],
]
await compare({
  title: 'evaluate one of 1,000 rules, by kind',
  operations: 200_000,
  contenders: KINDS.map(([name, kind]) => {
    const rules = Array.from({ length: 1000 }, (_, index) => ({ name: `r${index}`, severity: 'red', ...kind }))
    const emitter = new AlertEmitter({ rules: rules as AlertRule[] })
    return {
      name,
      run(operations) {
        for (let done = 0; done < operations; done += 1000) emitter.evaluate()
      },
    }
  }),
})

const slow: AlertRule = { name: 'Slow', severity: 'red', threshold: { above: 100 } }
const labels = { shard: 'a', zone: '1' }
const none = [{ name: 'none', send: () => {} }]
const well = new AlertEmitter({ rules: [slow] })
const everything: Partial<AlertEmitterOptions> = {
  group: { by: ['rule'], waitMs: 0, intervalMs: 0 },
  repeatEveryMs: 60_000,
  inhibitions: [{ source: { rule: 'Down' }, target: { severity: 'red' } }],
  flapHold: { changes: 1000, withinMs: 0.001 },
}
const told = [
  {
    name: 'fires or resolves each time, told to a channel',
    emitter: new AlertEmitter({ rules: [slow], channels: none }),
  },
  {
    name: 'the same, with groups, inhibition, repeats, flap hold and ten silences',
    emitter: new AlertEmitter({ rules: [slow], channels: none, ...everything }),
  },
]
for (let index = 0; index < 10; index++)
  told[1]?.emitter.silence({ matchers: { shard: `s${index}` }, forMs: 1e9, by: 'bench' })
await compare({
  title: 'observe a value',
  operations: 50_000,
  contenders: [
    {
      name: 'well',
      run(operations) {
        for (let index = 0; index < operations; index++) well.observe('Slow', index % 100)
      },
    },
    {
      name: 'well, with two labels',
      run(operations) {
        for (let index = 0; index < operations; index++) well.observe({ rule: 'Slow', labels }, index % 100)
      },
    },
    ...told.map(({ name, emitter }) => ({
      name,
      run(operations: number) {
        for (let index = 0; index < operations; index++) emitter.observe('Slow', index % 2 === 0 ? 200 : 0)
      },
    })),
  ],
})

const storm = new AlertEmitter({ rules: [slow], channels: none, repeatEveryMs: 1e9 })
for (let host = 0; host < 10_000; host++) storm.observe({ rule: 'Slow', labels: { host: `h${host}` } }, 200)
await compare({
  title: 'evaluate while 10,000 alerts fire, each of them',
  operations: 100_000,
  contenders: [
    {
      name: 'one alert',
      run(operations) {
        for (let done = 0; done < operations; done += 10_000) storm.evaluate()
      },
    },
  ],
})

/** 10,000 observations a second on 1,000 series; every one fires or resolves, beside 10,000 rules evaluated each second. */
async function delays(seconds: number): Promise<{ ofCall: number[]; ofSchedule: number[] }> {
  const HOSTS = 1000
  const EACH_MS = 10
  const ofCall: number[] = []
  const ofSchedule: number[] = []
  let calledMs = 0
  let scheduledMs = 0
  const send = (): void => {
    const nowMs = performance.now()
    ofCall.push(nowMs - calledMs)
    ofSchedule.push(nowMs - scheduledMs)
  }
  const emitter = new AlertEmitter({
    rules: [slow, ...rulesOf(10_000, next)],
    channels: [{ name: 'timed', send }],
    inhibitions: [{ source: { rule: 'Down' }, target: { rule: 'Slow' } }],
    repeatEveryMs: 60_000,
  })
  emitter.start({ everyMs: 1000 })
  const startMs = performance.now()
  for (let done = 0; done < seconds * 1000 * EACH_MS;) {
    await new Promise<void>((resolve) => setTimeout(resolve, 1))
    // What a late turn has missed is made up for, and counts from when it should have been.
    for (; startMs + done / EACH_MS <= performance.now() && done < seconds * 1000 * EACH_MS; done++) {
      scheduledMs = startMs + done / EACH_MS
      calledMs = performance.now()
      const round = Math.floor(done / HOSTS)
      emitter.observe({ rule: 'Slow', labels: { host: `h${done % HOSTS}` } }, round % 2 === 0 ? 200 : 0)
    }
  }
  emitter.close()
  return { ofCall, ofSchedule }
}

const { ofCall, ofSchedule } = await delays(10)
console.log(`\nFrom observation to notification at 10,000 observations a second (${ofCall.length} notifications)`)
for (const [name, all] of [
  ['from the call', ofCall],
  ['from when the call was due, with what the machine was late', ofSchedule],
] as const) {
  const times = all.toSorted((one, other) => one - other)
  const at = (ratio: number): string => (times[Math.floor(times.length * ratio)] ?? NaN).toFixed(3)
  console.log(
    `  ${name}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms, most ${times.at(-1)?.toFixed(3)} ms`,
  )
}

const bytesOfRule = bytesEach(10_000, (count) => new AlertEmitter({ rules: rulesOf(count, () => 1) }))
const bytesOfAlert = bytesEach(10_000, (count) => {
  const emitter = new AlertEmitter({ rules: [slow], channels: none, maxSeries: count })
  for (let host = 0; host < count; host++) emitter.observe({ rule: 'Slow', labels: { host: `h${host}` } }, 200)
  return emitter
})
console.log(`\nMemory: ${Math.round(bytesOfRule)} bytes a rule, ${Math.round(bytesOfAlert)} bytes an alert that fires`)
