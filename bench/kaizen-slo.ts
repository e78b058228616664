import { ChangeDetector, Experiment, Slo } from '@tps/kaizen'
import { Counter } from 'prom-client'
import { compare } from './harness.ts'

const MASK = 4095
/** One in a hundred fails. */
const outcomes = Array.from({ length: MASK + 1 }, (_, index) => index % 100 !== 7)
const durations = outcomes.map((_, index) => 5 + ((index * 7919) % 400))

/** A moment that moves on by 0.1 ms with every event: ten thousand a second. */
function eachMoment(operations: number, record: (index: number, now: number) => void): void {
  for (let index = 0; index < operations; index++) record(index & MASK, (moment += 0.1))
}

let moment = performance.now()
const clock = { now: (): number => moment }
const slo = new Slo({ target: 0.99, threshold: 200, clock })
const sloWithListener = new Slo({ target: 0.99, clock })
sloWithListener.on('state', () => {})
const sloOnSystemClock = new Slo({ target: 0.99 })
const counter = new Counter({ name: 'requests_total', help: 'h', labelNames: ['code'], registers: [] })

await compare({
  title: 'count one event as good or bad, with a timestamp at hand',
  operations: 2_000_000,
  contenders: [
    { name: 'kaizen Slo.record', run: (n) => eachMoment(n, (at, now) => slo.record(outcomes[at] as boolean, now)) },
    {
      name: 'kaizen Slo.recordValue',
      run: (n) => eachMoment(n, (at, now) => slo.recordValue(durations[at] as number, now)),
    },
    {
      name: 'kaizen Slo.record, somebody listens',
      run: (n) => eachMoment(n, (at, now) => sloWithListener.record(outcomes[at] as boolean, now)),
    },
    {
      name: 'kaizen Slo.record, reading the clock',
      run: (n) => eachMoment(n, (at) => sloOnSystemClock.record(outcomes[at] as boolean)),
    },
    {
      name: 'prom-client Counter, one label',
      run: (n) => eachMoment(n, (at) => counter.inc({ code: outcomes[at] === true ? '200' : '500' })),
    },
  ],
})

/** Half full, so that every tier is summed. */
const full = new Slo({ target: 0.99, clock })
for (let minute = 0; minute < 20_000; minute++) {
  full.add(99, 100, moment)
  moment += 60_000
}
const [alert] = full.alertRules()
let sum = 0

await compare({
  title: 'read an SLO of 30 days',
  operations: 20_000,
  contenders: [
    {
      name: 'burnRate of 1 h',
      run: (n) => {
        for (let index = 0; index < n; index++) sum += full.burnRate(3_600_000)
      },
    },
    {
      name: 'the value of an alert',
      run: (n) => {
        for (let index = 0; index < n; index++) sum += alert?.source() ?? 0
      },
    },
    {
      name: 'snapshot',
      run: (n) => {
        for (let index = 0; index < n; index++) sum += full.snapshot().total
      },
    },
  ],
})

const mean = new Experiment({ clock })
const p99 = new Experiment({ clock, metric: { quantile: 0.99 } })
const detector = new ChangeDetector()

await compare({
  title: 'one value of an experiment: whose turn it is, and what it came to',
  operations: 500_000,
  contenders: [
    {
      name: 'kaizen Experiment, mean',
      run: (n) => eachMoment(n, (at, now) => mean.record(mean.assign(now), durations[at] as number, now)),
    },
    {
      name: 'kaizen Experiment, p99',
      run: (n) => eachMoment(n, (at, now) => p99.record(p99.assign(now), durations[at] as number, now)),
    },
    {
      name: 'kaizen ChangeDetector.observe',
      run: (n) => eachMoment(n, (at) => void detector.observe(durations[at] as number)),
    },
  ],
})

if (Number.isNaN(sum)) throw new Error('every reading has a value')
