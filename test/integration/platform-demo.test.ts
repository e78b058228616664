import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/packages.ts'

const DEMO = join(root, 'examples/monitoring-platform/src/commands/demo.ts')

/** The demo in a process of its own, with a folder for what it keeps meanwhile. */
function startDemo(temporary: string) {
  const child = spawn(process.execPath, ['--conditions=@tps/source', DEMO], {
    env: { PATH: process.env['PATH'], TMPDIR: temporary, FAST: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, exit: once(child, 'exit'), output: () => output }
}

const temporary = mkdtempSync(join(tmpdir(), 'tps-platform-demo-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

describe('pnpm platform:demo', () => {
  let output = ''
  let code: unknown

  beforeAll(async () => {
    const demo = startDemo(temporary)
    ;[code] = (await demo.exit) as [number | null]
    output = demo.output()
  })

  it('ends with 0, and leaves nothing behind', () => {
    expect(code, output).toBe(0)
    expect(readdirSync(temporary)).toEqual([])
  })

  it.each([
    ['cpu_usage', 85],
    ['memory_usage', 75],
    ['disk_io', 120],
    ['network_latency', 45],
  ])('shows how %s is sent and what is answered', (name, value) => {
    const line = output.indexOf(`-d '{"name":"${name}","value":${value}}'`)
    expect(line).toBeGreaterThan(0)
    expect(output.slice(line)).toMatch(/^.*\n +202 \{"status":"accepted","accepted":1\} +[\d.]+ ms\n/)
  })

  it('shows what a query answers', () => {
    expect(output).toMatch(
      /curl "http:\/\/localhost:\d+\/query\?name=cpu_usage&start=\d+&end=\d+"\n +\[\{"name":"cpu_usage","value":85,"timestamp":\d+\}\] +[\d.]+ ms\n/,
    )
  })

  it('shows the alert after the burst: metric, condition, threshold, value and how many samples', () => {
    expect(output).toContain('sent: 1/10 2/10')
    expect(output).toMatch(
      /ALERT {2}\w+\n +metric +cpu_usage\n +condition +avg\(cpu_usage\[60s\]\) > 80\n +threshold +80\n +value +91\.36 of 11 samples\n/,
    )
  })

  it('shows how long a hundred posts at once take, and that all are stored', () => {
    expect(output).toMatch(/100 accepted in [\d.]+ m?s: [\d,]+ requests\/s\. 100 are stored\./)
    expect(output).toContain('Phase 0 needed about 10 s: 10 requests/s.')
  })

  it('shows the number of each of the five components', () => {
    for (const name of ['Ingestion API', 'Queue', 'Storage Consumer', 'Query API', 'Alerting Engine'])
      expect(output).toMatch(new RegExp(`^ +${name} +[\\d.,]+(/s| of 5,000,000| m?s) `, 'm'))
  })

  it('measures phase0 and fast side by side', () => {
    expect(output).toMatch(/^ +phase0, in memory +fast, in memory +fast, on the disk$/m)
    expect(output).toMatch(/^ +posts\/s( +[\d,]+){3}$/m)
    expect(output).toMatch(/^ +query among 50,550 samples( +[\d.]+ m?s){3}$/m)
  })
})

it('stops at Ctrl-C with 130, and cleans up', async () => {
  const demo = startDemo(temporary)
  demo.child.stdout.once('data', () => demo.child.kill('SIGINT'))
  expect(await demo.exit, demo.output()).toEqual([130, null])
  expect(demo.output()).toContain('Stopped.')
  expect(readdirSync(temporary)).toEqual([])
})
