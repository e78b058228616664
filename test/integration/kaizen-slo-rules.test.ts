import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Slo, prometheusRules } from '@tps/kaizen'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needPrometheus } from './prometheus.ts'

// promtool reads the rules that kaizen writes, and fires their alerts on made-up traffic.

const room = mkdtempSync(join(tmpdir(), 'tps-slo-'))
const QUERIES = {
  total: 'sum(rate(requests_total[$window]))',
  bad: 'sum(rate(requests_total{code=~"5.."}[$window]))',
}

/** The slower ones see the same 90 minutes, and so fire as well. */
const FOUR_ALERTS = [
  { severity: 'page', long: '1h', short: '5m', factor: 14.4 },
  { severity: 'page', long: '6h', short: '30m', factor: 6 },
  { severity: 'ticket', long: '1d', short: '2h', factor: 3 },
  { severity: 'ticket', long: '3d', short: '6h', factor: 1 },
].map(({ severity, long, short, factor }) => ({
  exp_labels: { slo: 'checkout', severity, factor: String(factor), long_window: long, short_window: short },
  exp_annotations: {
    summary: `checkout burns its error budget more than ${factor} times too fast`,
    description:
      `Over the last ${long} and the last ${short} more than ${factor} times as many events failed as a target of ` +
      '0.99 allows.',
  },
}))

beforeAll(needPrometheus, 700_000)

afterAll(() => rmSync(room, { recursive: true, force: true }))

function promtool(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: room, encoding: 'utf8' })
  return { status, output: `${stdout}${stderr}` }
}

describe('the Prometheus rules of an SLO', () => {
  it.each([
    ['of 30 days', new Slo({ name: 'checkout', target: 0.999 })],
    ['of an hour', new Slo({ name: 'lab', target: 0.99, period: { kind: 'rolling', ms: 3_600_000 } })],
    ['of a quarter', new Slo({ name: 'api "v2"\\', target: 0.95, period: { kind: 'calendar', unit: 'quarter' } })],
    ['without alerts', new Slo({ target: 0.5, alerts: [] })],
  ])('%s pass promtool', (title, slo) => {
    const file = `${title.replaceAll(' ', '-')}.yml`
    writeFileSync(join(room, file), prometheusRules(slo, QUERIES))
    const { status, output } = promtool('check', 'rules', file)
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })

  it('are refused by promtool when they are broken, so that passing means something', () => {
    writeFileSync(
      join(room, 'broken.yml'),
      prometheusRules(new Slo({ target: 0.99 }), { ...QUERIES, total: 'sum(([$window]' }),
    )
    expect(promtool('check', 'rules', 'broken.yml').status).not.toBe(0)
  })

  it('fire on a burn of 20 times after an hour, not on one of half the budget, and not on a handful of events', () => {
    writeFileSync(join(room, 'fire.yml'), prometheusRules(new Slo({ name: 'checkout', target: 0.99 }), QUERIES))
    const tests = [
      // Every minute 80 good events and 20 bad ones, 995 and 5, or one bad event every ten minutes.
      { good: '0+80x120', bad: '0+20x120', alerts: FOUR_ALERTS },
      { good: '0+995x120', bad: '0+5x120', alerts: [] },
      { good: '0x120', bad: '0x9 0+0.1x110', alerts: [] },
    ].map(({ good, bad, alerts }) => ({
      interval: '1m',
      input_series: [
        { series: 'requests_total{code="200"}', values: good },
        { series: 'requests_total{code="500"}', values: bad },
      ],
      alert_rule_test: [{ eval_time: '90m', alertname: 'SloBudgetBurn', exp_alerts: alerts }],
    }))
    // JSON is YAML.
    writeFileSync(
      join(room, 'fire-test.yml'),
      JSON.stringify({ rule_files: ['fire.yml'], evaluation_interval: '1m', tests }),
    )
    const { status, output } = promtool('test', 'rules', 'fire-test.yml')
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })
})

it('promtool is the one that Prometheus ships', () => {
  expect(execFileSync('promtool', ['--version'], { encoding: 'utf8' })).toMatch(/^promtool, version \d+/)
})
