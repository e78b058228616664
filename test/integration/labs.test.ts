import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/packages.ts'
import { RunningService, until } from './service.ts'

// The commands of the labs run as they stand in docs/labs, with one change: where port 8080 stands, curl is led to the
// port of the service under test.

const CURL = 'curl() { command curl "${@//localhost:8080/localhost:$SERVICE_PORT}"; }; export -f curl\n'

/** The bash blocks of one section of a lab's page, in order. */
function commands(page: string, heading: string): string[] {
  const text = readFileSync(join(root, 'docs/labs', page), 'utf8')
  const [, section] = text.split(new RegExp(`^## ${heading}.*$`, 'm'))
  if (section === undefined) throw new Error(`${page} has no section "${heading}"`)
  return [...(section.split(/^## /m)[0] ?? '').matchAll(/```bash\n([\s\S]*?)```/g)].map(([, code = '']) => code)
}

/** The lines of a command that do something. */
function lines(code: string): string[] {
  return code.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'))
}

describe('the labs', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await RunningService.start()
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
  })

  async function run(code: string): Promise<string> {
    const { stdout } = await promisify(execFile)('bash', ['-c', CURL + code], {
      env: { PATH: process.env['PATH'], SERVICE_PORT: String(service.port) },
    })
    return stdout
  }

  it('1.1: a healthy system is closed, has no failures, and takes five signals', async () => {
    for (const code of commands('lab-1-jidoka.md', 'Before you begin')) await run(code)
    const [code = ''] = commands('lab-1-jidoka.md', '1.1')
    const printed = await run(code)
    const [status = '', ...ids] = printed.split(/(?<=^\})\n/m)
    expect(JSON.parse(status)).toMatchObject({
      circuit_breaker: 'Closed',
      failures: 0,
      health_checks: { downstream: { status: 'healthy' } },
    })
    expect(ids.join('').trim().split('\n')).toEqual(
      Array.from({ length: 5 }, () => expect.stringMatching(/^"[\w-]{36}"$/)),
    )
    const { kaizen } = await until(
      () => service.json<{ kaizen: { samples: number } }>('/status'),
      (answer) => answer.kaizen.samples >= 5,
    )
    expect(kaizen).toMatchObject({ samples: 5, percentile_p99: expect.any(Number) })
    expect(await (await service.get('/metrics')).text()).toMatch(/^tps_circuit_breaker_state\S* 0$/m)
    expect(await service.json('/status')).toMatchObject({ andon: { lamp: 'green' } })
  })

  it('2.1: the configuration of the queue is shown, and ten signals are posted', async () => {
    const [set = '', code = ''] = commands('lab-2-kanban.md', '2.1')
    await run(set)
    const printed = await run(code)
    const [status = '', line = ''] = printed.split(/(?<=^\})\n/m)
    expect(JSON.parse(status)).toMatchObject({
      queue_max_size: 100,
      queue_current_depth: 0,
      workers: 2,
      processing_rate: expect.any(Number),
    })
    expect(line).toMatch(/^Processed 10 signals in \d+ ms\n$/)
    const { kanban } = await until(
      () => service.json<{ kanban: { queue_current_depth: number; processing_rate: number } }>('/status'),
      (answer) => answer.kanban.queue_current_depth === 0,
    )
    expect(kanban.processing_rate).toBeGreaterThan(0)
  })

  it('2.3: about 100 of 200 signals are accepted, and the rest is rejected', async () => {
    const [set = '', code = '', drain = ''] = commands('lab-2-kanban.md', '2.3')
    await run(set)
    const printed = await run(code)
    const [, accepted, rejected] = /^Signals accepted: (\d+)\nSignals rejected: (\d+)\n$/.exec(printed) ?? []
    expect(Number(accepted) + Number(rejected)).toBe(200)
    expect(Number(accepted)).toBeGreaterThanOrEqual(102)
    expect(Number(accepted)).toBeLessThanOrEqual(125)
    expect(await run(drain)).toContain('"task_ms":10')
  })

  const seed = join(root, '../shared/seeds/001_6e848b55eea01a7f.txt')
  it.runIf(existsSync(seed))('have the commands of the seeds, unchanged', () => {
    const text = readFileSync(seed, 'utf8')
    const quoted = [
      ...commands('lab-1-jidoka.md', '1.1'),
      ...commands('lab-2-kanban.md', '2.1').slice(1),
      ...commands('lab-2-kanban.md', '2.3').slice(1, 2),
    ]
    expect(quoted).toHaveLength(3)
    for (const line of quoted.flatMap(lines)) expect(text.split('\n')).toContain(line)
  })
})
