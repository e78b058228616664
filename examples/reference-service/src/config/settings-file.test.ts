import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, expect, it } from 'vitest'
import { readConfig } from '../config.ts'
import { SettingsStore, initialSettings } from '../settings.ts'
import { SettingsFile, parseSettings } from './settings-file.ts'

const directory = mkdtempSync(join(tmpdir(), 'tps-settings-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const store = () => new SettingsStore(initialSettings(readConfig({})))
const silent = pino({ level: 'silent' })

it.each([
  ['lines of YAML', '# tps-config\ndownstream_enabled: "false"\ndownstream_latency_ms: \'500\'\n\ntask_ms: 20'],
  ['lines of an env file', 'downstream_enabled=false\ndownstream_latency_ms = 500\ntask_ms=20'],
  ['the data of a ConfigMap', '{"downstream_enabled":"false","downstream_latency_ms":"500","task_ms":"20"}'],
  [
    'a whole ConfigMap',
    '{"kind":"ConfigMap","data":{"downstream_enabled":"false","downstream_latency_ms":"500","task_ms":"20"}}',
  ],
  ['plain JSON', '{"downstream_enabled":false,"downstream_latency_ms":500,"task_ms":20}'],
])('reads %s', (_what, text) => {
  expect(parseSettings(text)).toEqual({
    settings: { downstream_enabled: false, downstream_latency_ms: 500, task_ms: 20 },
    problems: [],
  })
})

it.each([
  ['task_ms: -1', 'task_ms must be an integer from 0 to 60000; it is "-1"'],
  ['downstream_enabled: maybe', 'downstream_enabled must be true or false; it is "maybe"'],
  ['downstream_error_ratio: 2', 'downstream_error_ratio must be a number from 0 to 1; it is "2"'],
  ['colour: red', 'there is no setting "colour"'],
  ['task_ms', 'line 1 is no "key: value"'],
  ['{"task_ms":', expect.stringMatching(/^it is no JSON: /)],
])('says what is wrong with %j, and uses the rest', (line, problem) => {
  const { settings, problems } = parseSettings(line.startsWith('{') ? line : `${line}\nworkers: 3`)
  expect(problems).toEqual([problem])
  if (!line.startsWith('{')) expect(settings).toEqual({ workers: 3 })
})

it('refuses to start with a file that is not there, or has something in it that can not be used', () => {
  const path = join(directory, 'bad.yaml')
  const file = new SettingsFile(path, store(), silent)
  expect(() => file.start()).toThrow(/TPS_CONFIG_FILE can't be read: ENOENT/)
  writeFileSync(path, 'task_ms: many')
  expect(() => file.start()).toThrow(/bad\.yaml: task_ms must be an integer from 0 to 60000; it is "many"/)
})

it('applies the file at the start', () => {
  const path = join(directory, 'good.yaml')
  writeFileSync(path, 'task_ms: 7\nworkers: 5')
  const settings = store()
  const file = new SettingsFile(path, settings, silent)
  file.start()
  file.stop()
  expect(settings.current).toMatchObject({ task_ms: 7, workers: 5, downstream_enabled: true })
  expect(settings.changed).toEqual({ task_ms: 7, workers: 5 })
})
