import { valueOf } from './metrics.ts'
import { Page } from './page.ts'
import { type LabTest, documents } from './shell.ts'

const page = new Page('labs/lab-4-kaizen.md')

export const LAB_4: LabTest = {
  title: 'lab 4 has its improvement: with four workers the wait and p99 are shorter, the work is the same',
  // A queue in proportion: as full after seconds as one of 100 after a minute. The window is shorter than the load, which
  // takes a moment to begin, and until the queue is full.
  environment: { LATENCY_WINDOW_MS: '4000', MAX_QUEUE_DEPTH: '10' },
  lapse: 10,
  assert: async (lab, expect) => {
    const [, raw = '', baseline = ''] = await lab.runAll(page.commands('4.1'))
    const keys = ['percentile_p50', 'percentile_p90', 'percentile_p99', 'avg', 'max', 'samples']
    expect(Object.keys(documents(raw)[0] as object)).toEqual(expect.arrayContaining(keys))
    expect(baseline).toMatch(/^Baseline metrics: \{/)

    const [breakdown = ''] = await lab.runAll(page.commands('4.2'))
    const { dequeue_wait: wait, ...rest } = documents(breakdown)[0] as Record<string, number>
    expect(Object.keys(rest)).toEqual(['api_receive', 'enqueue', 'process_work', 'jidoka_check', 'metrics_record'])
    expect(wait).toBeGreaterThan(Math.max(...Object.values(rest)))

    const [scaled = '', after = ''] = await lab.runAll(page.commands('4.3'))
    expect(documents(scaled)).toEqual([2, 4])
    expect(after).toMatch(/^With 4 workers: \{/)

    const [compare = '', count = '', experiment = ''] = page.commands('4.4')
    const [comparison = '', counters = ''] = await lab.runAll([compare, count])
    const [{ p99, dequeue_wait, process_work, faster_by_percent }] = documents(comparison) as [Comparison]
    expect(p99[1]).toBeLessThan(p99[0])
    expect(dequeue_wait[1]).toBeLessThan(dequeue_wait[0])
    expect(faster_by_percent).toBeGreaterThan(20)
    expect(process_work[1] / process_work[0]).toBeGreaterThan(0.5)
    expect(process_work[1] / process_work[0]).toBeLessThan(2)
    expect(valueOf(counters, 'tps_signal_latency_sum')).toBeGreaterThan(valueOf(counters, 'tps_signal_latency_count'))
    // Turns have to stay longer than tasks.
    const report = await lab.run(experiment, { lapse: 5, shorter: ['slice_ms', 'washout_ms'] })
    expect(report).toMatch(/^80\ntrue\n# four workers: improved\n[^]*Keep the change[^]*\nfalse\n$/)

    const [reverted = ''] = await lab.runAll(page.commands('4.5'))
    expect(documents(reverted)).toEqual([2])
  },
}

interface Comparison {
  readonly p99: readonly [number, number]
  readonly dequeue_wait: readonly [number, number]
  readonly process_work: readonly [number, number]
  readonly faster_by_percent: number
}
