import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from '../../examples/reference-service/src/api/signature.ts'
import { RunningService } from './service.ts'

const SECRET = 'a-secret-of-enough-length'
const BODY = '{"signal_type":"validate","payload":{"task":"signed"}}'

describe('a service that is open to strangers', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await RunningService.start({
      SIGNAL_SECRET: SECRET,
      ADMIN_TOKEN: 'another-secret-of-enough-length',
      HEADER_LIMIT_BYTES: '2048',
      HEADERS_TIMEOUT_MS: '300',
      REQUEST_TIMEOUT_MS: '600',
      LOG_LEVEL: 'trace',
    })
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
  })

  /** Sends `parts`, one every 100 ms, and gives the first line of the answer, or why there was none. */
  async function drip(parts: readonly string[]): Promise<string> {
    return await new Promise((resolve) => {
      const socket = connect(service.port, '127.0.0.1')
      let answer = ''
      let sent = 0
      const timer = setInterval(() => {
        const part = parts[sent++]
        if (part !== undefined && socket.writable) socket.write(part)
      }, 100)
      socket.on('data', (chunk) => (answer += chunk.toString()))
      socket.on('error', () => {})
      socket.on('close', () => {
        clearInterval(timer)
        resolve(answer.split('\r\n')[0] ?? '')
      })
    })
  }

  it('takes signed signals alone, with SIGNAL_SECRET', async () => {
    const answer = await service.post(BODY, '/signal?wait=true', sign(BODY, SECRET))
    expect(await answer.json()).toMatchObject({ status: 'completed', result: { valid: true } })
    for (const headers of [{}, sign(BODY, `${SECRET}!`), sign(`${BODY} `, SECRET), sign(BODY, SECRET, 0)]) {
      const refused = await service.post(BODY, '/signal', headers)
      expect(refused.status).toBe(401)
      expect(await refused.json()).toMatchObject({
        error: 'Unauthorized',
        message: expect.stringContaining('x-tps-signature'),
        trace_id: refused.headers.get('x-trace-id'),
      })
    }
    expect((await service.get('/status')).status).toBe(200)
  })

  it('answers with headers that let nobody frame, sniff or load anything', async () => {
    for (const path of ['/status', '/signal/unknown/status', '/no-such-page', '/metrics']) {
      const { headers } = await service.get(path)
      expect(Object.fromEntries(headers), path).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
      })
    }
  })

  it('answers a signal with headers that let nobody frame or sniff it', async () => {
    const { headers } = await service.post(BODY, '/signal', sign(BODY, SECRET))
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'x-trace-id': expect.stringMatching(/^[\da-f]{32}$/),
    })
  })

  it('lets go of clients that send drop by drop', async () => {
    const drops = Array.from({ length: 60 }, (_, index) => `x-drop-${index}: 1\r\n`)
    const headersFirst = await drip(['GET /status HTTP/1.1\r\n', 'Host: localhost\r\n', ...drops])
    expect(headersFirst).toMatch(/^$|408/)
    const head =
      'POST /signal HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n'
    expect(await drip([head, ...Array.from({ length: 60 }, () => ' ')])).toMatch(/^$|408/)
  })

  it('refuses headers that are too large with 431', async () => {
    const response = await fetch(`${service.url}/status`, { headers: { 'x-large': 'x'.repeat(4_000) } })
    expect(response.status).toBe(431)
  })

  it('shows its API at /docs, with nothing loaded from elsewhere', async () => {
    const page = await service.get('/docs')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|https?:/)
    expect(await page.text()).not.toMatch(/(src|href)="https?:/)
    const { paths } = await service.json<{ paths: Record<string, object> }>('/docs/json')
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/signal', '/signal/{id}/status', '/status', '/admin/config', '/admin/dead-letters']),
    )
  })

  it('writes no secret into its log', async () => {
    const text = JSON.stringify(service.log) + service.printed()
    expect(text.length).toBeGreaterThan(500)
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain('another-secret')
    expect(await (await service.get('/info')).text()).not.toContain('secret-of-enough')
  })
})
