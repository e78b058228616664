import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Page } from './page.ts'
import { Lab, documents } from './shell.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

describe('labs 3 to 5', () => {
  const andonPage = new Page('labs/lab-3-andon.md')
  const kaizenPage = new Page('labs/lab-4-kaizen.md')
  const heijunkaPage = new Page('labs/lab-5-heijunka.md')
  let lab: Lab
  beforeEach(async () => {
    lab = await Lab.start(
      {
        LATENCY_WINDOW_MS: '3000',
        ALERT_HIGH_LATENCY_MS: '1500',
        ALERT_EVERY_MS: '100',
        HEIJUNKA_REBALANCE_MS: '1500',
      },
      20,
    )
  })
  afterEach(async () => await lab[Symbol.asyncDispose]())

  it(
    'lab 3 has its alert: green, p99 above 500 ms, firing, and green again',
    async () => {
      await lab.runAll(andonPage.commands('Before you begin'))

      const [first = '', readings = '', lamp = ''] = await lab.runAll(andonPage.commands('3.1'))
      expect(first.trim().split('\n')).toHaveLength(20)
      expect(value(readings, 'tps_signal_latency_p99')).toBeLessThan(100)
      expect(value(readings, 'tps_signal_latency_p50')).toBeLessThan(50)
      expect(value(readings, 'tps_error_rate')).toBe(0)
      expect(value(readings, 'tps_circuit_breaker_state')).toBe(0)
      expect(value(readings, 'tps_signal_success_rate')).toBe(1)
      expect(documents(lamp)).toEqual([expect.objectContaining({ lamp: 'green', alerts: [] })])

      const [, slow = ''] = await lab.runAll(andonPage.commands('3.2'))
      expect(value(slow, 'tps_signal_latency_p99')).toBeGreaterThan(500)

      const [rule = '', alert = ''] = await lab.runAll(andonPage.commands('3.3'))
      expect(rule).toMatch(/expr: .*p99[^]*for: "1m"/)
      expect(documents(alert)).toEqual([expect.objectContaining({ rule: 'HighLatency', state: 'firing' })])
      expect(await lab.service.json('/status')).toMatchObject({ andon: { lamp: expect.not.stringMatching('green') } })

      const [mended, recovered = '', over = ''] = await lab.runAll(andonPage.commands('3.5'))
      expect(mended).toContain('"downstream_latency_ms":0')
      expect(value(recovered, 'tps_signal_latency_p99')).toBeLessThan(100)
      expect(documents(over)).toEqual([{ firing: [], resolved: expect.arrayContaining(['HighLatency']) }])
    },
    MOST_MS,
  )

  it(
    'lab 4 has its improvement: with four workers the wait and p99 are shorter, the work is the same',
    async ({ expect }) => {
      const [, raw = '', baseline = ''] = await lab.runAll(kaizenPage.commands('4.1'))
      const keys = ['percentile_p50', 'percentile_p90', 'percentile_p99', 'avg', 'max', 'samples']
      expect(Object.keys(documents(raw)[0] as object)).toEqual(expect.arrayContaining(keys))
      expect(baseline).toMatch(/^Baseline metrics: \{/)

      const [breakdown = ''] = await lab.runAll(kaizenPage.commands('4.2'))
      const { dequeue_wait: wait, ...rest } = documents(breakdown)[0] as Record<string, number>
      expect(Object.keys(rest)).toEqual(['api_receive', 'enqueue', 'process_work', 'jidoka_check', 'metrics_record'])
      expect(wait).toBeGreaterThan(Math.max(...Object.values(rest)))

      const [scaled = '', after = ''] = await lab.runAll(kaizenPage.commands('4.3'))
      expect(documents(scaled)).toEqual([2, 4])
      expect(after).toMatch(/^With 4 workers: \{/)

      const [comparison = '', counters = '', experiment = ''] = await lab.runAll(kaizenPage.commands('4.4'))
      const [{ p99, dequeue_wait, process_work, faster_by_percent }] = documents(comparison) as [Comparison]
      expect(p99[1]).toBeLessThan(p99[0])
      expect(dequeue_wait[1]).toBeLessThan(dequeue_wait[0])
      expect(faster_by_percent).toBeGreaterThan(20)
      expect(process_work[1] / process_work[0]).toBeGreaterThan(0.5)
      expect(process_work[1] / process_work[0]).toBeLessThan(2)
      expect(value(counters, 'tps_signal_latency_sum')).toBeGreaterThan(value(counters, 'tps_signal_latency_count'))
      expect(experiment).toMatch(/^true\n[^]*four workers[^]*\nfalse\n$/)

      const [reverted = ''] = await lab.runAll(kaizenPage.commands('4.5'))
      expect(documents(reverted)).toEqual([2])
    },
    MOST_MS,
  )

  it(
    'lab 5 has its rebalancing: the imbalance grows, work moves over, and the imbalance falls',
    async () => {
      const [set = '', burst = ''] = heijunkaPage.commands('5.1')
      expect(documents(await lab.run(set)).at(-1)).toBe('accepted')
      const heijunka = documents((await lab.run(burst)).replaceAll(/^.*"accepted".*\}(?=\{$)/gm, '')).at(-1)
      expect(heijunka).toMatchObject({ worker_loads: [expect.any(Number), expect.any(Number)], rebalance_attempts: 0 })
      expect((heijunka as { max_per_worker: number }).max_per_worker).toBeGreaterThan(5)
      // The second that a task costs, 20 times shorter as all other times.
      await lab.service.set({ task_ms: 50 })

      const [watched = ''] = await lab.runAll(heijunkaPage.commands('5.2'))
      const imbalances = [...watched.matchAll(/Imbalance: ([\d.]+)$/gm)].map(([, imbalance]) => Number(imbalance))
      expect(imbalances).toHaveLength(9)
      expect(Math.max(...imbalances)).toBeGreaterThan(Math.min(...imbalances))
      const status = await lab.service.json<{ heijunka: Rebalanced }>('/status')
      expect(status.heijunka.rebalance_attempts).toBeGreaterThan(0)
      expect(status.heijunka.items_moved).toBeGreaterThan(0)
      expect(status.heijunka.last_rebalance.after).toBeLessThan(status.heijunka.last_rebalance.before)

      const [log = ''] = await lab.runAll(heijunkaPage.commands('5.3'))
      expect(log).toMatch(/"component":"heijunka".*"threshold":0.05.*"msg":"Rebalance triggered"/)
      expect(log).toMatch(/"msg":"Moving \d+ items from worker-\d to worker-\d"/)
      expect(log).toMatch(/"imbalance":[\d.]+,"msg":"New imbalance"/)
    },
    MOST_MS,
  )
})

interface Comparison {
  readonly p99: readonly [number, number]
  readonly dequeue_wait: readonly [number, number]
  readonly process_work: readonly [number, number]
  readonly faster_by_percent: number
}

interface Rebalanced {
  readonly rebalance_attempts: number
  readonly items_moved: number
  readonly last_rebalance: { readonly before: number; readonly after: number }
}

/** The value of a metric with one series. */
function value(text: string, metric: string): number {
  return Number(new RegExp(`^${metric}\\S* (\\S+)$`, 'm').exec(text)?.[1])
}
