// #region readme
import { PercentileTracker } from '@tps/kaizen'
import { hdrLogHeader, hdrLogLine } from '@tps/kaizen/hdr'
import { metricProducer } from '@tps/kaizen/otel'
import { classicHistograms, nativeHistograms } from '@tps/kaizen/prometheus'

const tracker = new PercentileTracker({ name: 'latency' }) // without a window: exported counts must not fall
tracker.recordMany([3, 12, 40, 250])

const series = [{ tracker, labels: { route: '/checkout' } }]
const text = classicHistograms([{ name: 'latency_ms', bounds: [10, 100, 1000], series }]) // serve as text/plain
const protobuf = nativeHistograms([{ name: 'latency_ms', series }]) // serve as NATIVE_CONTENT_TYPE
const producer = metricProducer([{ name: 'latency', unit: 'ms', series: [{ tracker }] }]) // for a reader's metricProducers
const log = hdrLogHeader(Date.now()) + hdrLogLine(tracker, { startMs: Date.now() - 5000, endMs: Date.now() })
// #endregion

const { resourceMetrics } = await producer.collect()
console.log(text, protobuf.length, resourceMetrics.scopeMetrics[0]?.metrics[0]?.dataPoints[0]?.value.count, log)
if (!text.includes('latency_ms_bucket{route="/checkout",le="100"} 3')) throw new Error('three are at most 100 ms')
