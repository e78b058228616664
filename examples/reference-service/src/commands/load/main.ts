import { UsageError, runCommand } from '../command-line.ts'
import { LOAD, load } from './load.ts'
import { type Usage, readOptions } from './options.ts'
import { LoadRun, writeJson } from './run.ts'
import { SPIKE, spike } from './spike.ts'
import { STRESS, stress } from './stress.ts'
import { STRESS_TEST, stressTest } from './stress-test.ts'

type Kind = readonly [usage: Usage, test: (run: LoadRun, signal: AbortSignal) => Promise<object>]

const KINDS: readonly Kind[] = [
  [LOAD, load],
  [SPIKE, spike],
  [STRESS, stress],
  [STRESS_TEST, stressTest],
]

await runCommand(async ([name, ...args]) => {
  const kind = KINDS.find(([usage]) => usage.name === name)
  if (!kind) throw new UsageError(`which load test? ${KINDS.map(([usage]) => usage.name).join(', ')}`)
  const [usage, test] = kind
  const options = readOptions(usage, args, process.env)
  if (!options) return 0
  // Ctrl+C ends the sending, not the summary.
  const end = new AbortController()
  process.once('SIGINT', () => end.abort())
  const startedAt = new Date().toISOString()
  await using run = await LoadRun.start(options)
  const summary = await test(run, end.signal)
  writeJson(options.json, { test: usage.name, url: options.url.href, startedAt, ...summary })
  return 0
})
