import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Slo, prometheusRules } from '@tps/kaizen'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// promtool reads the rules that kaizen writes, and fires their alerts on made-up traffic.

const room = mkdtempSync(join(tmpdir(), 'tps-slo-'))
const QUERIES = {
  total: 'sum(rate(requests_total[$window]))',
  bad: 'sum(rate(requests_total{code=~"5.."}[$window]))',
}

function hasPromtool(): boolean {
  return spawnSync('promtool', ['--version']).status === 0
}

/** Debian and Ubuntu have promtool in the package "prometheus". Installing needs root. */
function installPromtool(): void {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return
  const apt = (...args: string[]): void => {
    spawnSync('apt-get', ['--quiet', '--yes', ...args], {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      timeout: 240_000,
    })
  }
  apt('update')
  apt('install', '--no-install-recommends', 'prometheus')
}

beforeAll(() => {
  if (!hasPromtool()) installPromtool()
  if (!hasPromtool())
    throw new Error('promtool is needed: install it with "apt-get install prometheus", or put it on the PATH')
}, 300_000)

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
    // Every minute: 80 good and 20 bad, 995 good and 5 bad, or an event in ten minutes that fails.
    const cases = [
      { series: '0+80x120', errors: '0+20x120', fires: true },
      { series: '0+995x120', errors: '0+5x120', fires: false },
      { series: '0x120', errors: '0 0 0 0 0 0 0 0 0 0+0.1x110', fires: false },
    ]
    const fired = (fires: boolean): string[] =>
      fires
        ? [
            '          - exp_labels: { slo: checkout, severity: page, long_window: 1h, short_window: 5m }',
            '            exp_annotations:',
            '              summary: checkout burns its error budget more than 14.4 times too fast',
            '              description: Over the last 1h and the last 5m more than 14.4 times as many events failed as a target of 0.99 allows.',
          ]
        : []
    const tests = cases.flatMap(({ series, errors, fires }) => [
      '  - interval: 1m',
      '    input_series:',
      `      - { series: 'requests_total{code="200"}', values: '${series}' }`,
      `      - { series: 'requests_total{code="500"}', values: '${errors}' }`,
      '    promql_expr_test:',
      ...(fires
        ? [
            '      - expr: slo:error_ratio:rate1h',
            '        eval_time: 90m',
            `        exp_samples: [{ labels: 'slo:error_ratio:rate1h{slo="checkout"}', value: 0.2 }]`,
          ]
        : []),
      '    alert_rule_test:',
      '      - eval_time: 90m',
      '        alertname: SloBudgetBurn',
      ...(fires ? ['        exp_alerts:', ...fired(true), ...slower()] : ['        exp_alerts: []']),
    ])
    writeFileSync(
      join(room, 'fire-test.yml'),
      ['rule_files: [fire.yml]', 'evaluation_interval: 1m', 'tests:', ...tests, ''].join('\n'),
    )
    const { status, output } = promtool('test', 'rules', 'fire-test.yml')
    expect(output).toContain('SUCCESS')
    expect(status).toBe(0)
  })
})

/** The slower alerts see the same 90 minutes and fire as well: the burn is 20 times over all the time there is. */
function slower(): string[] {
  return [
    ['page', '6h', '30m', 6],
    ['ticket', '1d', '2h', 3],
    ['ticket', '3d', '6h', 1],
  ].flatMap(([severity, long, short, factor]) => [
    `          - exp_labels: { slo: checkout, severity: ${severity}, long_window: ${long}, short_window: ${short} }`,
    '            exp_annotations:',
    `              summary: checkout burns its error budget more than ${factor} times too fast`,
    `              description: Over the last ${long} and the last ${short} more than ${factor} times as many events failed as a target of 0.99 allows.`,
  ])
}

it('promtool is the one that Prometheus ships', () => {
  expect(execFileSync('promtool', ['--version'], { encoding: 'utf8' })).toMatch(/^promtool, version \d+/)
})
