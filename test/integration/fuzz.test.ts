import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { RunningService } from './service.ts'

// Whatever is sent: an answer of 2xx, 4xx or 503, and a process that stays as large as it was.

const PATHS = [
  '/signal',
  '/signal?wait=true',
  '/signal/x/status',
  '/status',
  '/health',
  '/metrics',
  '/info',
  '/alerts',
  '/diagnosis',
  '/slo',
  '/traces',
  '/docs/json',
  '/admin/config',
  '/admin/dead-letters',
  '/admin/dead-letters/1',
  '/admin/dead-letters/redrive',
  '/admin/experiments',
  '/admin/alerts/silences',
  '/board/history',
]

interface Request {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** Text that a header may hold; what it may not is refused before it is sent. */
const headerText = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map((text) => text.trim())
const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/).filter((name) => !FRAMING.has(name))
/** These say where a request ends: Node's own client would lie on our behalf. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'expect',
  'host',
  'te',
  'trailer',
])

const payload = fc.oneof(
  fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
  fc.record(
    {
      task: fc.oneof(fc.string(), fc.integer()),
      type: fc.constantFrom('quick', 'slow', 'odd', 1),
      latency_ms: fc.oneof(fc.constantFrom(-1, 0, 1, 1e9, 'x'), fc.double()),
      product_id: fc.oneof(fc.integer(), fc.string()),
      customer_id: fc.oneof(fc.integer(), fc.string()),
    },
    { requiredKeys: [] },
  ),
)
const almostSignal = fc.record(
  {
    signal_type: fc.oneof(fc.constantFrom('validate', 'execute', 'report'), fc.string()),
    payload: fc.oneof(payload, fc.jsonValue({ maxDepth: 1 })),
    priority: fc.oneof(fc.integer({ min: -1, max: 6 }), fc.double()),
    timeout_ms: fc.oneof(fc.integer({ min: -5, max: 50 }), fc.jsonValue({ maxDepth: 0 })),
  },
  { requiredKeys: [] },
)
const body = fc.oneof(
  { weight: 4, arbitrary: almostSignal.map((value) => JSON.stringify(value)) },
  { weight: 2, arbitrary: fc.jsonValue().map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  { weight: 1, arbitrary: fc.constantFrom('', '{', '[', '{"__proto__":{"x":1}}', '"\\ud800"', '1e999', '[[[[[[') },
)
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...PATHS) },
  { weight: 1, arbitrary: fc.webPath() },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...PATHS), fc.webQueryParameters())
      .map(([known, query]) => `${known}${known.includes('?') ? '&' : '?'}${query}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/..', '//', '/%', '/%00', '/signal/%2e%2e/status', '/board/../../package.json'),
  },
)
const requests: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS', 'HEAD'),
  path: path.map((text) => (text.startsWith('/') ? text : `/${text}`)),
  headers: fc
    .tuple(
      fc.dictionary(headerName, headerText, { maxKeys: 4 }),
      fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', 'multipart/form-data', ''),
      fc.option(fc.constantFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', 'x', '00-0-0-00')),
    )
    .map(([more, type, traceparent]) =>
      Object.assign({}, more, type !== '' && { 'content-type': type }, traceparent !== null && { traceparent }),
    ),
  body: fc.option(body, { nil: undefined }),
})

const isRight = (status: number): boolean =>
  (status >= 200 && status < 300) || (status >= 400 && status < 500) || status === 503

let service: RunningService

beforeAll(async () => {
  service = await RunningService.start({
    TASK_MS: '0',
    BODY_LIMIT_BYTES: '4096',
    LOG_LEVEL: 'info',
    SIGNALS_KEPT: '500',
  })
})
afterAll(async () => {
  await service[Symbol.asyncDispose]()
})

/**
 * The status of the answer; 0 where there was none. Over a plain socket, a connection each: what is sent is what was drawn, and
 * no client of ours judges the answer.
 */
async function send({ method, path: target, headers, body: sent = '' }: Request): Promise<number> {
  const bytes = Buffer.from(sent)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const framing = ['Host: localhost', 'Connection: close', `Content-Length: ${bytes.length}`]
  const head = `${method} ${target} HTTP/1.1\r\n${[...framing, ...lines].join('\r\n')}\r\n\r\n`
  return await new Promise((resolve) => {
    const socket = connect(service.port, '127.0.0.1', () => {
      socket.write(head)
      socket.write(bytes)
    })
    let answer = ''
    socket.setTimeout(15_000, () => socket.destroy())
    socket.on('data', (chunk) => {
      if (answer.length < 20) answer += chunk.toString('latin1')
      // A stream of events has no end of its own.
      if (target.startsWith('/board/events')) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)))
  })
}

/** Sends so many times a hundred requests. */
async function rounds(count: number): Promise<void> {
  const batches = fc.sample(fc.array(requests, { minLength: 100, maxLength: 100 }), count)
  for (const batch of batches) await Promise.all(batch.map(send))
}

async function residentBytes(): Promise<number> {
  const [, kib = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${service.process.pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

it('answers any request with 2xx, 4xx or 503', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 16, maxLength: 16 }), async (batch) => {
      const statuses = await Promise.all(batch.map(send))
      expect(
        batch.flatMap((one, index) => (isRight(statuses[index] ?? 0) ? [] : [{ ...one, status: statuses[index] }])),
      ).toEqual([])
    }),
    { numRuns: 150, endOnFailure: true },
  )
  expect((await service.get('/health')).status).toBe(200)
  const faults = service.log.filter(({ level }) => Number(level) >= 50)
  expect(faults).toEqual([])
  expect(await (await service.execute('still there', '/signal?wait=true')).json()).toMatchObject({
    status: 'completed',
  })
}, 60_000)

it.runIf(process.platform === 'linux')(
  'keeps its memory',
  async () => {
    await rounds(25)
    const before = await residentBytes()
    await rounds(25)
    // What a collection has not come to yet is some of it; what leaks would be all.
    expect(await residentBytes()).toBeLessThan(before * 1.25 + 16 * 1024 * 1024)
  },
  60_000,
)
