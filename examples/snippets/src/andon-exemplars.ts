import assert from 'node:assert/strict'

const trace = {
  getActiveSpan: () => ({
    spanContext: () => ({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 }),
  }),
}

// #region readme
import { Exemplars, MetricsPage } from '@tps/andon/prometheus'
import { PercentileTracker } from '@tps/kaizen'

const exemplars = new Exemplars({ activeSpan: () => trace.getActiveSpan()?.spanContext() }) // trace of @opentelemetry/api
const latency = new PercentileTracker({ name: 'latency' })

function record(ms: number): void {
  latency.record(ms)
  exemplars.duration('latency', ms) // kept when the active span is sampled
}

const page = new MetricsPage({
  trackers: [latency],
  latencyBoundsMs: [10, 50, 100, 500], // a histogram of each tracker: tps_signal_duration_seconds
  names: 'both',
  exemplars,
})
// #endregion

record(42)
const { body } = page.render({ accept: 'application/openmetrics-text' })
assert.match(body, /_bucket\{tracker="latency",le="0.05"\} 1 # \{trace_id="0af7651916cd43dd8448eb211c80319c"/)
