import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { keptLog } from './alerting-fixture.ts'
import { RulesFile } from './rules-file.ts'
import type { RuleSet } from './rules-read.ts'
import { AlertsFile, type SavedAlerts } from './saved-alerts.ts'

const directory = mkdtempSync(join(tmpdir(), 'tps-rules-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const textOf = (threshold: number | string): string =>
  `rules: [{ name: Cpu, metric: cpu, window: 60s, threshold: ${threshold} }]`

function setUp(name: string) {
  const path = join(directory, name)
  writeFileSync(path, textOf(80))
  const { log, lines } = keptLog()
  const used: RuleSet[] = []
  const file = new RulesFile(path, log)
  const thresholds = (): number[] => used.flatMap(({ rules }) => rules.map(({ threshold }) => threshold))
  return { path, file, lines, used, thresholds, watch: () => file.watch((rules) => void used.push(rules)) }
}

it('reads the file, and then each change that can be used', () => {
  const { path, file, lines, thresholds, watch } = setUp('good.yaml')
  expect(file.read().rules).toMatchObject([{ threshold: 80 }])
  watch()
  file.refresh()
  expect(thresholds()).toEqual([])
  writeFileSync(`${path}.new`, textOf(85))
  renameSync(`${path}.new`, path)
  file.refresh()
  expect(thresholds()).toEqual([85])
  expect(lines).toMatchObject([{ level: 30, file: path, msg: 'the alert rules were loaded' }])
  file.stop()
})

it('says what is wrong with a change, in the log as well, and goes on when it is put right', () => {
  const { path, file, lines, thresholds, watch } = setUp('broken.yaml')
  file.read()
  watch()
  writeFileSync(path, textOf('high'))
  file.refresh()
  file.refresh()
  expect(file.error).toBe('rule "Cpu": threshold must be number; it is "high"')
  expect(lines).toMatchObject([
    { level: 50, error: file.error, msg: 'the alert rules were not loaded: those before hold' },
  ])
  writeFileSync(path, textOf(90))
  file.refresh()
  expect([file.error, thresholds()]).toEqual([undefined, [90]])
  file.stop()
})

it('says so when the file is gone, or nobody can use what it says', () => {
  const { path, file, watch, used } = setUp('gone.yaml')
  file.read()
  watch()
  rmSync(path)
  file.refresh()
  expect(file.error).toMatch(/^it can't be read: ENOENT/)
  writeFileSync(path, textOf(80))
  file.refresh()
  expect([file.error, used.length]).toEqual([undefined, 1])
  file.watch(() => {
    throw new RangeError('there is no channel "nobody"')
  })
  writeFileSync(path, textOf(81))
  file.refresh()
  expect(file.error).toBe('there is no channel "nobody"')
  file.stop()
})

it('keeps alerts in a file, and begins anew when that can not be read', async () => {
  const path = join(directory, 'alerts.json')
  const { log, lines } = keptLog()
  const file = new AlertsFile(path, log)
  expect([file.read(), lines]).toEqual([undefined, []])
  const saved = { version: 1, events: [] } as unknown as SavedAlerts
  await file.write(saved)
  expect(file.read()).toEqual(saved)
  writeFileSync(path, '{"version":2}')
  expect(file.read()).toBeUndefined()
  writeFileSync(path, '{')
  expect(file.read()).toBeUndefined()
  await new AlertsFile(join(directory, 'nowhere', 'alerts.json'), log).write(saved)
  expect(lines.map(({ msg }) => msg)).toEqual([
    'the saved alerts are of another version: beginning anew',
    'the saved alerts can not be read: beginning anew',
    'the alerts can not be saved',
  ])
})
