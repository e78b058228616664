import { type Histogram as HdrHistogram, build, initWebAssemblySync } from 'hdr-histogram-js'
import { Histogram, type Registry, Summary } from 'prom-client'

initWebAssemblySync()

const SAMPLES = 1 << 16
export const MASK: number = SAMPLES - 1
/** Latencies in ms: log-normal, median 20, as a service under load has them. The same for every contender. */
export const values: Float64Array = makeValues()
/** The HdrHistogram counts whole numbers: microseconds, rounded before the clock starts. */
export const micros: Float64Array = values.map((value) => Math.max(1, Math.round(value * 1000)))

export const hdr = (useWebAssembly: boolean): HdrHistogram =>
  build({ numberOfSignificantValueDigits: 2, useWebAssembly })
const registers: Registry[] = []
const buckets = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]
export const promHistogram = (labelNames: string[] = []): Histogram =>
  new Histogram({ name: 'h', help: 'h', registers, buckets, labelNames })
export const promSummary = (): Summary =>
  new Summary({ name: 's', help: 's', registers, percentiles: [0.5, 0.9, 0.99], maxAgeSeconds: 60, ageBuckets: 10 })

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
