import { DDSketch } from '@datadog/sketches-js'
import { PercentileTracker } from '@tps/kaizen'
import { compare } from './harness.ts'
import { MASK, hdr, micros, promHistogram, promSummary, values } from './kaizen-inputs.ts'
import { type Run, compareInTurns, loop } from './kaizen-turns.ts'

compareInTurns({
  title: 'record one value, over a sliding window of 60 s in 10 slices, with a timestamp at hand (peers: lifetime)',
  contenders: [
    { name: 'kaizen PercentileTracker', run: sliding(new PercentileTracker({ windowMs: 60_000 })) },
    { name: 'hdr-histogram-js WASM', run: recordAll(micros, hdr(true), (h, value) => h.recordValue(value)) },
    { name: 'hdr-histogram-js', run: recordAll(micros, hdr(false), (h, value) => h.recordValue(value)) },
    { name: 'sketches-js DDSketch 1 %', run: recordAll(values, new DDSketch(), (s, value) => s.accept(value)) },
    { name: 'prom-client Histogram', run: recordAll(values, promHistogram(), (h, value) => h.observe(value)) },
  ],
})

compareInTurns({
  title: 'record one value, lifetime',
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
