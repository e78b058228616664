import { DDSketch } from '@datadog/sketches-js'
import { PercentileTracker, TrackerMap } from '@tps/kaizen'
import { type Histogram as HdrHistogram, build, initWebAssemblySync } from 'hdr-histogram-js'
import { Histogram, type Registry, Summary } from 'prom-client'
import { compare } from './harness.ts'

initWebAssemblySync()

type Run = (operations: number) => void
let loops = 0

const SAMPLES = 1 << 16
const MASK = SAMPLES - 1
/** Latencies in ms: log-normal, median 20, as a service under load has them. The same for every contender. */
const values = makeValues()
/** The HdrHistogram counts whole numbers: microseconds, rounded before the clock starts. */
const micros = values.map((value) => Math.max(1, Math.round(value * 1000)))

const hdr = (useWebAssembly: boolean): HdrHistogram => build({ numberOfSignificantValueDigits: 2, useWebAssembly })
const registers: Registry[] = []
const promHistogram = (): Histogram => new Histogram({ name: 'h', help: 'h', registers, buckets: promBuckets() })
const promSummary = (): Summary =>
  new Summary({ name: 's', help: 's', registers, percentiles: [0.5, 0.9, 0.99], maxAgeSeconds: 60, ageBuckets: 10 })

await compare({
  title: 'record one value, over a sliding window of 60 s in 10 slices, with a timestamp at hand (peers: lifetime)',
  operations: 5_000_000,
  contenders: [
    { name: 'kaizen PercentileTracker', run: sliding(new PercentileTracker({ windowMs: 60_000 })) },
    { name: 'hdr-histogram-js WASM', run: recordAll(micros, hdr(true), (h, value) => h.recordValue(value)) },
    { name: 'hdr-histogram-js', run: recordAll(micros, hdr(false), (h, value) => h.recordValue(value)) },
    { name: 'sketches-js DDSketch 1 %', run: recordAll(values, new DDSketch(), (s, value) => s.accept(value)) },
    { name: 'prom-client Histogram', run: recordAll(values, promHistogram(), (h, value) => h.observe(value)) },
  ],
})

await compare({
  title: 'record one value, lifetime',
  operations: 5_000_000,
  contenders: [
    {
      name: 'kaizen PercentileTracker',
      run: recordAll(values, new PercentileTracker(), (tracker, value) => tracker.record(value)),
    },
    { name: 'hdr-histogram-js WASM', run: recordAll(micros, hdr(true), (h, value) => h.recordValue(value)) },
    { name: 'sketches-js DDSketch 1 %', run: recordAll(values, new DDSketch(), (s, value) => s.accept(value)) },
  ],
})

/** Both forget after 60 s, and both read the clock themselves. */
await compare({
  title: 'record one value, sliding, reading the clock each time',
  operations: 50_000,
  contenders: [
    {
      name: 'kaizen PercentileTracker',
      run: recordAll(values, new PercentileTracker({ windowMs: 60_000 }), (tracker, value) => tracker.record(value)),
    },
    { name: 'prom-client Summary', run: recordAll(values, promSummary(), (s, value) => s.observe(value)) },
  ],
})

const full = new PercentileTracker({ windowMs: 60_000, clock: { now: () => 0 } })
const fullWasm = hdr(true)
const fullJs = hdr(false)
const fullSketch = new DDSketch()
/** Over 1 µs to 1 h, every bucket of the range in use. */
for (let i = 0; i < 200_000; i++) {
  const value = 0.001 * 3.6e9 ** ((i * 0.618_033_988_749) % 1)
  full.record(value, 0)
  fullWasm.recordValue(Math.round(value * 1000))
  fullJs.recordValue(Math.round(value * 1000))
  fullSketch.accept(value)
}

for (const q of [0.5, 0.99]) {
  await compare({
    title: `quantile ${q} of values from 1 µs to 1 h`,
    operations: 5000,
    contenders: [
      { name: 'kaizen PercentileTracker', run: times(() => full.quantile(q)) },
      { name: 'hdr-histogram-js WASM', run: times(() => fullWasm.getValueAtPercentile(q * 100)) },
      { name: 'hdr-histogram-js', run: times(() => fullJs.getValueAtPercentile(q * 100)) },
      { name: 'sketches-js DDSketch 1 %', run: times(() => fullSketch.getValueAtQuantile(q)) },
    ],
  })
}

fullWasm.destroy()

const KEYS = 100_000
const keys = Array.from({ length: KEYS }, (_, index) => `/tenants/${index}`)
const PICKS = 1 << 18

/**
 * Values for keys in random order, so that of many hardly any is in a cache of the processor. Every key is there, and has
 * had all of its values, before the clock starts.
 */
function byKey<T>(size: number, target: T, record: (target: T, key: string, value: number) => void): Run {
  let state = 1
  const picks = Uint32Array.from({ length: PICKS }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * size)
  })
  for (let index = 0; index < size; index++) record(target, keys[index] as string, 20)
  const run = loop('record(target, keys[picks[i & picksMask]], values[i & mask])', {
    target,
    keys,
    picks,
    values,
    record,
    picksMask: PICKS - 1,
    mask: MASK,
  })
  run(PICKS)
  return run
}

function trackerMap(size: number): Run {
  const now = performance.now()
  const map = new TrackerMap({ maxKeys: size, windowMs: 60_000 })
  return byKey(size, map, (target, key, value) => target.record(key, value, now))
}

function sketchMap(size: number): Run {
  return byKey(size, new Map<string, DDSketch>(), (target, key, value) => {
    let sketch = target.get(key)
    if (!sketch) target.set(key, (sketch = new DDSketch()))
    sketch.accept(value)
  })
}

function labels(size: number): Run {
  const histogram = new Histogram({ name: 'h', help: 'h', registers, buckets: promBuckets(), labelNames: ['key'] })
  return byKey(size, histogram, (target, key, value) => target.observe({ key }, value))
}

/** The least that there is to do: look the key up and count in one place of as much memory as a tracker takes. */
function counters(size: number): Run {
  return byKey(size, new Map<string, Float64Array>(), (target, key, value) => {
    let counts = target.get(key)
    if (!counts) target.set(key, (counts = new Float64Array(256)))
    ;(counts[(value * 4) & 255] as number)++
  })
}

function lookUps(size: number): Run {
  return byKey(size, new Map<string, { sum: number }>(), (target, key, value) => {
    const entry = target.get(key)
    if (entry) entry.sum += value
    else target.set(key, { sum: value })
  })
}

await compare({
  title: 'record one value for one of so many keys, in random order (lifetime: sketches-js, prom-client)',
  operations: 500_000,
  rounds: 5,
  contenders: [
    { name: 'kaizen TrackerMap, 100,000 keys', run: trackerMap(KEYS) },
    { name: 'kaizen TrackerMap, 1000 keys', run: trackerMap(1000) },
    { name: 'a Map of counters, 100,000 keys', run: counters(KEYS) },
    { name: 'a Map of counters, 1000 keys', run: counters(1000) },
    { name: 'a Map of sums, 100,000 keys', run: lookUps(KEYS) },
    { name: 'a Map of sums, 1000 keys', run: lookUps(1000) },
    { name: 'a Map of DDSketch, 100,000 keys', run: sketchMap(KEYS) },
    { name: 'a Map of DDSketch, 1000 keys', run: sketchMap(1000) },
    { name: 'prom-client Histogram with a label, 1000 keys', run: labels(1000) },
  ],
})
printBytes()

/**
 * A loop of its own for each contender, source text included: one that is shared, or that V8 takes for the same, is
 * compiled for all that was ever called from it.
 */
function recordAll<T>(input: ArrayLike<number>, target: T, record: (target: T, value: number) => void): Run {
  return loop('record(target, input[i & mask])', { input, target, record, mask: MASK })
}

/** A thousand records a millisecond: a slice of 6 s ends every 6 million. */
function sliding(tracker: PercentileTracker): Run {
  return loop('if ((i & 1023) === 0) clock.ms++; tracker.record(values[i & mask], clock.ms)', {
    tracker,
    values,
    mask: MASK,
    clock: { ms: performance.now() + 0.5 },
  })
}

function loop(statement: string, names: Record<string, unknown>): Run {
  const source = `/* ${loops++} */ return (operations) => { for (let i = 0; i < operations; i++) { ${statement} } }`
  // oxlint-disable-next-line typescript/no-implied-eval -- Only a new source text makes V8 compile a loop anew.
  return (new Function(...Object.keys(names), source) as (...given: unknown[]) => Run)(...Object.values(names))
}

function times(work: () => number): Run {
  return loop('if (!(work() > 0)) throw new Error("not a quantile")', { work })
}

function promBuckets(): number[] {
  return [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]
}

function makeValues(): Float64Array {
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return Float64Array.from({ length: SAMPLES }, () => {
    const normal = Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
    return 20 * Math.exp(0.6 * normal)
  })
}

/** Bytes in V8's heap and, for typed arrays, outside of it. */
function usedBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Bytes that one of `count` keeps alive. */
function bytesEach(count: number, make: () => unknown): number {
  const kept: unknown[] = []
  // What the first ones make V8 compile and keep is not theirs.
  for (let i = 0; i < count; i++) make()
  const before = usedBytes()
  for (let i = 0; i < count; i++) kept.push(make())
  return (usedBytes() - before) / kept.length
}

function fill<T>(target: T, from: number, to: number, record: (target: T, value: number) => void): T {
  for (let i = 0; i < 20_000; i++) record(target, from * (to / from) ** ((i * 0.618_033_988_749) % 1))
  return target
}

/** Sliding, with every one of its 10 slices filled. */
function filledTracker(from: number, to: number): PercentileTracker {
  const clock = { ms: 0, now: (): number => clock.ms }
  const tracker = new PercentileTracker({ windowMs: 10_000, slices: 10, clock })
  for (; clock.ms < 10_000; clock.ms += 1000) fill(tracker, from, to, (t, value) => t.record(value))
  return tracker
}

function printOne(name: string, make: () => unknown): void {
  console.log(`  ${name.padEnd(56)} ${(bytesEach(50, make) / 1024).toFixed(1).padStart(8)} KiB`)
}

function printBytes(): void {
  for (const [title, from, to] of [
    ['1 ms to 1 s', 1, 1000],
    ['1 µs to 1 h', 0.001, 3.6e6],
  ] as const) {
    console.log(`\nmemory of one, values over ${title}`)
    printOne('kaizen PercentileTracker, sliding, 10 slices, all full', () => filledTracker(from, to))
    printOne('kaizen PercentileTracker, lifetime', () =>
      fill(new PercentileTracker(), from, to, (tracker, value) => tracker.record(value)),
    )
    printOne('hdr-histogram-js, 2 digits, lifetime', () =>
      fill(hdr(false), from * 1000, to * 1000, (h, value) => h.recordValue(Math.round(value))),
    )
    printOne('sketches-js DDSketch 1 %, lifetime', () =>
      fill(new DDSketch(), from, to, (sketch, value) => sketch.accept(value)),
    )
  }
  console.log('\nmemory of one, empty')
  printOne('kaizen PercentileTracker, sliding, 10 slices', () => new PercentileTracker({ windowMs: 10_000 }))
}
