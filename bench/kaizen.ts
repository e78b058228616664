import { DDSketch } from '@datadog/sketches-js'
import { PercentileTracker, TrackerMap } from '@tps/kaizen'
import { MASK, hdr, promHistogram, values } from './kaizen-inputs.ts'
import { type Run, compareInTurns, loop } from './kaizen-turns.ts'

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
  compareInTurns({
    title: `quantile ${q} of values from 1 µs to 1 h`,
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
  return byKey(size, promHistogram(['key']), (target, key, value) => target.observe({ key }, value))
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

compareInTurns({
  title: 'record one value for one of so many keys, in random order (lifetime: sketches-js, prom-client)',
  turnMs: 5,
  turns: 200,
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

function times(work: () => number): Run {
  return loop('if (!(work() > 0)) throw new Error("not a quantile")', { work })
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
