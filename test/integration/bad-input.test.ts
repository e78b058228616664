import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RunningService } from './service.ts'

describe('bad input', () => {
  let service: RunningService
  beforeAll(async () => {
    service = await RunningService.start({ BODY_LIMIT_BYTES: '2048' })
  })
  afterAll(async () => {
    await service[Symbol.asyncDispose]()
  })

  const good = { signal_type: 'execute', payload: { task: 'x' } }
  const refused: [what: string, body: unknown, status: number, message: string | RegExp][] = [
    ['a body that is not JSON', '{"signal_type":', 400, /^The body is not JSON\. Send a JSON object such as/],
    ['an empty body', '', 400, /^The body is empty\. Send a JSON object such as/],
    ['null', 'null', 400, 'body must be object'],
    ['an array', [good], 400, 'body must be object'],
    ['a missing signal_type', { payload: {} }, 400, "body must have required property 'signal_type'"],
    ['a missing payload', { signal_type: 'execute' }, 400, "body must have required property 'payload'"],
    [
      'an unknown signal_type',
      { ...good, signal_type: 'explode' },
      400,
      'body.signal_type must be one of validate, execute, report',
    ],
    ['a payload that is no object', { ...good, payload: 'x' }, 400, 'body.payload must be object'],
    ['a priority out of range', { ...good, priority: 5 }, 400, 'body.priority must be <= 4'],
    ['a priority that is a string', { ...good, priority: '1' }, 400, 'body.priority must be integer'],
    ['a negative timeout', { ...good, timeout_ms: -1 }, 400, 'body.timeout_ms must be >= 1'],
    ['an unknown property', { ...good, colour: 'red' }, 400, 'body must not have the property "colour"'],
    [
      'an unknown payload type',
      { ...good, payload: { type: 'odd' } },
      400,
      'body.payload.type must be one of quick, slow',
    ],
    ['two mistakes at once', { signal_type: 1, payload: [] }, 400, /signal_type.*; .*payload/],
    [
      'a payload over the limit',
      { ...good, payload: { task: 'x', more: 'y'.repeat(3000) } },
      413,
      'The body must not be larger than 2048 bytes.',
    ],
    ['a poisoned prototype', '{"signal_type":"execute","payload":{},"__proto__":{"x":1}}', 400, /not JSON|prototype/],
  ]

  it.each(refused)('refuses %s', async (_what, body, status, message) => {
    const response = await service.post(body)
    expect(response.status).toBe(status)
    expect(await response.json()).toEqual({
      error: expect.any(String),
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      trace_id: response.headers.get('x-trace-id'),
    })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml'])(
    'refuses the content type %s with 415',
    async (type) => {
      const response = await service.post('{}', '/signal', { 'content-type': type })
      expect(response.status).toBe(415)
      expect(await response.json()).toMatchObject({ message: 'The content type must be application/json.' })
    },
  )

  it('refuses a body without a content type with 415', async () => {
    const response = await fetch(`${service.url}/signal`, { method: 'POST', body: new Uint8Array([123, 125]) })
    expect(response.status).toBe(415)
  })

  it('says which routes there are when there is none', async () => {
    const response = await service.get('/sginal?x=1')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({ message: 'There is no GET /sginal. GET /info lists the routes.' })
    expect((await service.get('/signal/unknown/status')).status).toBe(404)
    expect((await service.get(`/signal/${'x'.repeat(200)}/status`)).status).toBe(414)
  })

  it('refuses settings that are unknown, out of range or none', async () => {
    const patch = async (body: unknown): Promise<{ status: number; message: string }> => {
      const response = await fetch(`${service.url}/admin/config`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, message: ((await response.json()) as { message: string }).message }
    }
    expect(await patch({ task_ms: -1 })).toEqual({ status: 400, message: 'body.task_ms must be >= 0' })
    expect(await patch({ tasks: 1 })).toEqual({ status: 400, message: 'body must not have the property "tasks"' })
    expect((await patch({})).status).toBe(400)
    expect(await service.json('/admin/config')).toMatchObject({ task_ms: 10 })
  })

  it('closes the administration to another Host name, and to foreign tokens', async () => {
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(service.port, '127.0.0.1', () => {
        socket.end(
          'GET /admin/config HTTP/1.1\r\nHost: evil.example\r\nAuthorization: Bearer guess\r\nConnection: close\r\n\r\n',
        )
      })
      socket.once('data', (chunk) => resolve(chunk.toString().split('\r\n')[0] ?? ''))
      socket.once('error', reject)
    })
    expect(status).toBe('HTTP/1.1 403 Forbidden')
  })

  it('survives bytes that are no HTTP', async () => {
    await new Promise<void>((resolve) => {
      const socket = connect(service.port, '127.0.0.1', () => socket.end('\u0000\u0001garbage\r\n\r\n'))
      socket.once('close', () => resolve())
      socket.resume()
      socket.on('error', () => {})
    })
    const response = await service.execute()
    expect(response.status).toBe(202)
    expect(service.log.filter(({ level }) => Number(level) >= 50)).toEqual([])
  })
})
