import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweredSample, DataFolder, RunningPlatform } from './platform.ts'

const run = promisify(execFile)

/** Runs a line of the walkthrough as it stands there, port aside. */
async function shell(line: string, { url }: RunningPlatform): Promise<string> {
  const { stdout } = await run('bash', ['-c', line.replaceAll('http://localhost:8080', url)])
  return stdout
}

describe.each([
  ['fast', {}],
  ['phase0', { PROFILE: 'phase0' }],
])('the walkthrough, profile %s', (profile, environment) => {
  const folder = new DataFolder()
  let platform: RunningPlatform

  beforeAll(async () => {
    platform = await RunningPlatform.start(folder, environment)
  })

  afterAll(async () => {
    await platform.end()
    folder[Symbol.dispose]()
  })

  it('accepts the first metric with 202', async () => {
    const line = `curl -s -w '%{http_code}' -X POST http://localhost:8080/metrics \\
     -H "Content-Type: application/json" \\
     -d '{"name":"cpu_usage","value":85}'`
    expect(await shell(line, platform)).toBe('{"status":"accepted","accepted":1}202')
  })

  it.each([
    ['memory_usage', 75],
    ['disk_io', 120],
    ['network_latency', 45],
  ])('accepts %s without a content type of its own', async (name, value) => {
    const line = `curl -s -X POST http://localhost:8080/metrics -d '{"name":"${name}","value":${value}}'`
    expect(JSON.parse(await shell(line, platform))).toMatchObject({ status: 'accepted' })
  })

  it.each([
    ['cpu_usage', 85],
    ['memory_usage', 75],
  ])('answers the query for %s with a JSON array', async (name, value) => {
    // The seed's line ends the range with the second that has begun.
    const line = `NOW=$(($(date +%s) + 1))000
START=$((NOW - 300000))
curl -s "http://localhost:8080/query?name=${name}&start=$START&end=$NOW"`
    expect(JSON.parse(await shell(line, platform))).toEqual([{ name, value, timestamp: expect.any(Number) as number }])
  })

  it('keeps all of a hundred concurrent posts', async () => {
    const line = `for i in {1..100}; do
  curl -s -X POST http://localhost:8080/metrics \\
       -d "{\\"name\\":\\"load_test\\",\\"value\\":$i}" > /dev/null &
done
wait`
    await shell(line, platform)
    const all = await platform.query({ name: 'load_test' })
    expect(all.map(({ value }) => Number(value)).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    )
  })

  it('keeps samples in a file of JSON lines in Phase 0', async () => {
    if (profile !== 'phase0') return expect((await platform.json<{ profile: string }>('/status')).profile).toBe('fast')
    const [first] = readFileSync(join(folder.path, 'phase0_metrics.jsonl'), 'utf8').split('\n')
    return expect(JSON.parse(String(first))).toEqual({
      name: 'cpu_usage',
      value: 85,
      timestamp: expect.any(Number) as number,
    })
  })
})

describe('what comes in', () => {
  const folder = new DataFolder()
  let platform: RunningPlatform
  const nowMs = Date.now()
  const at = (second: number): number => nowMs - 100_000 + second * 1_000
  const countAll = async (one: RunningPlatform) =>
    await one.query({ agg: 'count', groupBy: 'name', start: nowMs - 3_600_000, end: nowMs + 60_000 })

  beforeAll(async () => {
    platform = await RunningPlatform.start(folder, {
      RETENTION_MS: '3600000',
      FUTURE_MS: '60000',
      MAX_SERIES: '60',
      BODY_LIMIT_BYTES: '200000',
      QUEUE_CAPACITY: '1000',
      QUERY_MAX_ROWS: '500',
    })
  })

  afterAll(async () => {
    await platform.end()
    folder[Symbol.dispose]()
  })

  it.each([
    ['an array', '[{"name":"form","value":1,"tags":{"k":"0"}}, {"name":"form","value":2,"tags":{"k":"0"}}]', 2],
    ['lines', '{"name":"form","value":1,"tags":{"k":"1"}}\n{"name":"form","value":2,"tags":{"k":"1"}}\r\n\n', 2],
    [
      'lines that are written otherwise',
      '{ "value" : 1, "tags": {"k":"2"},"name":"form" }\n{"value":2e0,"name":"f\\u006frm","tags":{"k":"2"}}',
      2,
    ],
    ['columns', `{"columns":{"name":"form","tags":{"k":"3"},"timestamps":[${nowMs},${nowMs + 1}],"values":[1,2]}}`, 2],
    [
      'several columns',
      '{"columns":[{"name":"form","tags":{"k":"4"},"values":[1]},{"name":"form","tags":{"k":"4"},"values":[2]}]}',
      2,
    ],
    ['an object over several lines', '{\n  "name": "form",\n  "value": 3,\n  "tags": {"k": "5"}\n}', 1],
  ])('understands %s', async (form, body, accepted) => {
    const response = await platform.post(body)
    expect([response.status, await response.json()]).toEqual([202, { status: 'accepted', accepted }])
    const k = String(
      ['an array', 'lines', 'lines that are written otherwise', 'columns', 'several columns'].indexOf(form),
    )
    const all = await platform.query({ name: 'form', tags: `k:${k === '-1' ? '5' : k}`, agg: 'sum' })
    expect(all.map(({ value }) => value)).toEqual([3])
  })

  it.each([
    ['[{"name":"bad","value":1},{"name":"bad"}]', 1, 'it has no value'],
    ['[{"name":"bad","value":1},{"value":1}]', 1, 'it has no name'],
    ['{"name":"bad","value":1}\n{"name":"bad","value":"high"}', 1, 'value must be a number'],
    ['{"name":"bad","value":1}\nxx', 1, 'it is not JSON'],
    ['[{"name":"bad","value":1,"timestamp":1.5}]', 0, 'whole number of ms'],
    [`[{"name":"bad","value":1,"timestamp":${nowMs - 7_200_000}}]`, 0, 'older than what is kept'],
    [`[{"name":"bad","value":1,"timestamp":${nowMs + 7_200_000}}]`, 0, 'too far in the future'],
    ['[{"name":"bad","value":1,"tags":{"a":1}}]', 0, 'tag a must be a text'],
    ['[{"name":"bad","value":1,"tags":["a"]}]', 0, 'tags must be an object'],
    ['[{"name":"bad","value":1,"unit":"%"}]', 0, '"unit" is not known'],
    ['[{"name":"b a d","value":1}]', 0, 'name must match'],
    ['{"columns":{"name":"bad","values":[1,"x"]}}', 1, 'value must be a number'],
  ])('refuses all of %s, and says which sample and why', async (body, index, reason) => {
    const response = await platform.post(body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ index, reason: expect.stringContaining(reason) as string })
    expect(await platform.query({ name: 'bad', start: 0 })).toEqual([])
  })

  it.each([
    ['', 400, 'The body is empty'],
    ['hello', 400, 'The body is not JSON'],
    ['{"columns":{"name":"c","values":[1],"timestamps":[]}}', 400, 'timestamps must be an array as long as values'],
    ['{"columns":{"name":"c"}}', 400, 'values must be an array'],
    [`[${' '.repeat(200_001)}]`, 413, 'must not be larger than'],
    [`[${Array.from({ length: 80 }, (_, i) => `{"name":"s${i}","value":1}`).join(',')}]`, 400, 'MAX_SERIES'],
  ])('says what is wrong with %s', async (body, status, message) => {
    const response = await platform.post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ message: expect.stringContaining(message) as string })
  })

  it('keeps infinite values, and takes NaN for nothing', async () => {
    const response = await platform.post(
      '[{"name":"edge","value":"+Inf"},{"name":"edge","value":"-Inf"},{"name":"edge","value":"NaN"},{"name":"edge","value":1e400}]',
    )
    expect(await response.json()).toEqual({ status: 'accepted', accepted: 3, ignored: 1 })
    const values = (await platform.query({ name: 'edge' })).map(({ value }) => value)
    expect(values.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual(['-Inf', '+Inf', '+Inf'])
    expect((await platform.query({ name: 'edge', agg: 'sum' }))[0]?.value).toBe('NaN')
  })

  it('answers ranges by step, aggregate, tags and groups, and says what it can not', async () => {
    const samples = Array.from({ length: 40 }, (_, i) => ({
      name: 'load',
      value: i,
      timestamp: at(i),
      tags: { host: `h${i % 2}` },
    }))
    await platform.post(samples.toReversed())
    const range = { name: 'load', start: at(0), end: at(39) }
    expect((await platform.query(range)).map(({ value }) => value)).toEqual(samples.map(({ value }) => value))
    expect(await platform.query({ ...range, step: '20s', agg: 'max', groupBy: 'host' })).toEqual<AnsweredSample[]>([
      { name: 'load', value: 18, timestamp: at(0), tags: { host: 'h0' } },
      { name: 'load', value: 38, timestamp: at(20), tags: { host: 'h0' } },
      { name: 'load', value: 19, timestamp: at(0), tags: { host: 'h1' } },
      { name: 'load', value: 39, timestamp: at(20), tags: { host: 'h1' } },
    ])
    expect((await platform.query({ ...range, tags: 'host:h1', limit: 2 })).map(({ value }) => value)).toEqual([1, 3])
    expect(await platform.json('/series?name=load')).toEqual(
      expect.arrayContaining([{ name: 'load', tags: { host: 'h0' } }]),
    )
    const wrong: [string, number, string][] = [
      ['/query', 400, 'name is needed'],
      ['/query?name=load&start=2&end=1', 400, 'must not be after end'],
      ['/query?name=load&agg=median', 400, 'agg must be one of avg'],
      ['/query?name=load&step=5', 400, 'need agg'],
      ['/query?name=load&agg=avg&step=x', 400, 'step must be ms'],
      ['/query?name=load&tags=x', 400, 'tags must be name:value'],
      ['/query?name=load&colour=red', 400, 'there is no parameter "colour"'],
      ['/nothing', 404, 'There is no GET /nothing'],
    ]
    for (const [path, status, message] of wrong) {
      const response = await fetch(platform.url + path)
      expect([response.status, await response.json()]).toMatchObject([
        status,
        { message: expect.stringContaining(message) as string },
      ])
    }
  })

  it('refuses more rows than a query may have', async () => {
    await platform.post({ columns: { name: 'many', values: Array.from({ length: 600 }, () => 1) } })
    const response = await fetch(`${platform.url}/query?name=many`)
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { message: expect.stringContaining('more than 500 rows') as string },
    ])
    expect(await platform.query({ name: 'many', limit: 3 })).toHaveLength(3)
  })

  it('makes a copy that opens by itself', async () => {
    const { path } = (await (await platform.post('', '/admin/backup')).json()) as { path: string }
    const copy = new DataFolder()
    await run('cp', [path, join(copy.path, 'samples.duckdb')])
    const restored = await RunningPlatform.start(copy)
    expect(await countAll(restored)).toEqual(await countAll(platform))
    await restored.end()
    copy[Symbol.dispose]()
  })

  it('refuses what a client sends beyond its rate', async () => {
    const own = new DataFolder()
    const limited = await RunningPlatform.start(own, { RATE_LIMIT: '10', DURABILITY: 'memory' })
    expect((await limited.post('[{"name":"a","value":1},{"name":"a","value":1}]')).status).toBe(202)
    const values = Array.from({ length: 10 }, () => 1)
    const response = await limited.post({ columns: { name: 'a', values } })
    expect([response.status, Number(response.headers.get('retry-after'))]).toEqual([429, 1])
    expect(
      (await limited.post({ columns: { name: 'a', values: [...values, 1] } })).headers.get('retry-after'),
    ).toBeNull()
    expect(await limited.query({ name: 'a', agg: 'count' })).toMatchObject([{ value: 2 }])
    await limited.end()
    own[Symbol.dispose]()
  })

  it('reads the pages of others, and says when one is down', async () => {
    const own = new DataFolder()
    const watcher = await RunningPlatform.start(own, {
      SCRAPE_TARGETS: `platform=${platform.url}/metrics,gone=http://127.0.0.1:9/metrics`,
      SCRAPE_MS: '200',
      SCRAPE_TIMEOUT_MS: '2000',
      LOG_LEVEL: 'info',
    })
    await expect
      .poll(async () => await watcher.query({ name: 'platform_accepted_samples_total', limit: 1 }), { timeout: 10_000 })
      .toMatchObject([{ tags: { job: 'platform', instance: new URL(platform.url).host } }])
    const up = await watcher.query({ name: 'up', agg: 'max', groupBy: 'job' })
    expect(up.map(({ value, tags }) => [tags?.['job'], value])).toEqual([
      ['gone', 0],
      ['platform', 1],
    ])
    await watcher.end()
    own[Symbol.dispose]()
  })

  it('ends with the reason when its configuration is wrong', async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@tps/source', join(import.meta.dirname, '../../examples/monitoring-platform/src/main.ts')],
      {
        env: { PATH: process.env['PATH'], SCRAPE_TARGETS: 'x', DATA_DIR: folder.path + 'x', PORT: '0' },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    expect(await once(child, 'exit')).toEqual([1, null])
    expect(said).toContain('SCRAPE_TARGETS must be job=url')
  })
})
