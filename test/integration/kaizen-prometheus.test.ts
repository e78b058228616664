import { once } from 'node:events'
import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { PercentileTracker } from '@tps/kaizen'
import { type HistogramSeries, NATIVE_CONTENT_TYPE, classicHistograms, nativeHistograms } from '@tps/kaizen/prometheus'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningPrometheus, needPrometheus } from './prometheus.ts'

// A real Prometheus scrapes kaizen's histograms, and its quantiles agree with exact sorting.

const SCRAPED_MS = 30_000
/** Prometheus looks for zeros between zero and the threshold for them. */
const ZERO = 2 ** -1022
const BOUNDS = [1, 2, 8, 64, 100, 250, 1024]

/** Log-normal, bimodal and over 16 orders of magnitude, in a fixed pseudo-random order. */
const INPUTS: Readonly<Record<string, (random: () => number) => number>> = {
  lognormal: (random) => 20 * Math.exp(0.8 * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())),
  bimodal: (random) => (random() < 0.9 ? 5 : 900) * (1 + 0.1 * random()),
  wide: (random) => 10 ** (16 * random() - 8),
  zeros: (random) => (random() < 0.3 ? 0 : 1 + random()),
}

interface Input {
  readonly sorted: readonly number[]
  readonly tracker: PercentileTracker
  readonly sliding: PercentileTracker
}

function makeInput(draw: (random: () => number) => number): Input {
  let state = 1
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  const values = Array.from({ length: 20_000 }, () => draw(random))
  const [tracker, sliding] = [new PercentileTracker(), new PercentileTracker({ windowMs: 3_600_000 })]
  tracker.recordMany(values)
  sliding.recordMany(values)
  return { sorted: values.toSorted((a, b) => a - b), tracker, sliding }
}

const inputs = new Map(Object.entries(INPUTS).map(([name, draw]) => [name, makeInput(draw)]))

function series(key: 'tracker' | 'sliding'): HistogramSeries[] {
  return [...inputs].map(([name, input]) => ({ tracker: input[key], labels: { input: name } }))
}

function native(): Uint8Array {
  return nativeHistograms([
    { name: 'native', help: 'Without a window', series: series('tracker') },
    { name: 'native_sliding', series: series('sliding') },
    { name: 'native_empty', series: [{ tracker: new PercentileTracker() }] },
  ])
}

function classic(): string {
  return classicHistograms([{ name: 'classic', help: 'At bounds', bounds: BOUNDS, series: series('tracker') }])
}

describe('a real Prometheus', () => {
  let exporter: Server
  let prometheus: RunningPrometheus

  beforeAll(async () => {
    await needPrometheus()
    exporter = createServer((request, response) => {
      const isNative = request.url === '/native'
      response.setHeader('content-type', isNative ? NATIVE_CONTENT_TYPE : 'text/plain; version=0.0.4')
      response.end(isNative ? native() : classic())
    }).listen(0, '127.0.0.1')
    await once(exporter, 'listening')
    const targets = [`127.0.0.1:${(exporter.address() as AddressInfo).port}`]
    const job = (path: string): object => ({
      job_name: path,
      scrape_interval: '500ms',
      scrape_timeout: '500ms',
      metrics_path: `/${path}`,
      static_configs: [{ targets }],
    })
    prometheus = await RunningPrometheus.start(
      { scrape_configs: [job('native'), job('classic')] },
      '--enable-feature=native-histograms',
    )
    const deadline = Date.now() + SCRAPED_MS
    while ((await prometheus.query('native_empty or classic_count')).length < 1 + inputs.size) {
      if (Date.now() > deadline)
        throw new Error(`nothing was scraped within ${SCRAPED_MS} ms: ${await targetErrors(prometheus)}`)
      await sleep(200)
    }
  }, 700_000)

  afterAll(async () => {
    await prometheus?.stop()
    exporter?.close()
  })

  it.each([...inputs.keys()].flatMap((name) => [0.25, 0.5, 0.9, 0.99, 0.999].map((q) => [name, q] as const)))(
    'finds the quantile of %s at %d in a native histogram to within a hundredth',
    async (name, q) => {
      const { sorted } = inputs.get(name) as Input
      const exact = sorted[Math.ceil(q * sorted.length) - 1] as number
      for (const metric of ['native', 'native_sliding']) {
        const [sample] = await prometheus.query(`histogram_quantile(${q}, ${metric}{input="${name}"})`)
        const answer = Number(sample?.value[1])
        expect([metric, answer, Math.abs(answer - exact) <= 0.01 * exact + ZERO]).toEqual([metric, answer, true])
      }
    },
  )

  it.each([...inputs.keys()])('has the count and the sum of %s, native and classic', async (name) => {
    const { count, sum } = (inputs.get(name) as Input).tracker
    for (const query of [`histogram_count(native{input="${name}"})`, `classic_count{input="${name}"}`])
      expect((await prometheus.query(query)).map(({ value }) => Number(value[1]))).toEqual([count])
    for (const query of [`histogram_sum(native{input="${name}"})`, `classic_sum{input="${name}"}`])
      expect((await prometheus.query(query)).map(({ value }) => Number(value[1]))).toEqual([sum])
  })

  it.each([...inputs.keys()])('counts what is at most each bound of %s, to within a bucket', async (name) => {
    const { sorted } = inputs.get(name) as Input
    const samples = await prometheus.query(`classic_bucket{input="${name}"}`)
    expect(samples).toHaveLength(BOUNDS.length + 1)
    for (const { metric, value } of samples) {
      const bound = metric['le'] === '+Inf' ? Infinity : Number(metric['le'])
      const [least, most] = [bound, bound * 1.011].map((max) => sorted.filter((given) => given <= max).length)
      expect(Number(value[1])).toBeGreaterThanOrEqual(least as number)
      expect(Number(value[1])).toBeLessThanOrEqual(most as number)
    }
  })

  it('takes a histogram without values for a native one', async () => {
    expect((await prometheus.query('histogram_count(native_empty)')).map(({ value }) => value[1])).toEqual(['0'])
  })
})

async function targetErrors({ url }: RunningPrometheus): Promise<string> {
  const { data } = (await (await fetch(`${url}/api/v1/targets`)).json()) as {
    data: { activeTargets: readonly { readonly lastError: string }[] }
  }
  return data.activeTargets.map(({ lastError }) => lastError).join('; ')
}
