import { describe, expect, it } from 'vitest'
import { classifyHttp, retryAfterOf } from './fetch.ts'

const reply = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers })
const failed = (error: unknown) => classifyHttp({ ok: false, error, durationMs: 0 })
const judge = (response: Response) => classifyHttp({ ok: true, value: response, durationMs: 0 })

it.each([
  [200, 'success'],
  [204, 'success'],
  [301, 'success'],
  [404, 'success'],
  [429, 'success'],
  [499, 'success'],
  [500, 'failure'],
  [503, 'failure'],
  [599, 'failure'],
])('takes %i for a %s', (status, verdict) => {
  expect(judge(reply(status))).toBe(verdict)
})

it.each([429, 503])('lets a %i with Retry-After open the circuit', (status) => {
  const verdict = { verdict: 'failure', retryAfterMs: 5_000, trip: true }
  expect(judge(reply(status, { 'retry-after': '5' }))).toEqual(verdict)
})

it.each([301, 413, 500])('takes no notice of the Retry-After of a %i', (status) => {
  expect(judge(reply(status, { 'retry-after': '5' }))).toBe(status < 500 ? 'success' : 'failure')
})

it('takes every error for a failure, except refusals of our own', () => {
  expect(failed(new TypeError('fetch failed'))).toBe('failure')
  expect(failed(Object.assign(new Error('full'), { code: 'ERR_BULKHEAD_FULL' }))).toBe('ignore')
})

describe('Retry-After', () => {
  const at = 'Wed, 01 Jan 2020 00:01:30 GMT'

  it.each([
    ['120', 120_000],
    [' 0 ', 0],
    ['1.5', undefined],
    ['-1', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('of %j is %s ms', (value, ms) => {
    expect(retryAfterOf({ status: 503, headers: { get: (name) => (name === 'retry-after' ? value : null) } })).toBe(ms)
  })

  it('as a date is compared with the clock of the server', () => {
    expect(retryAfterOf(reply(503, { 'retry-after': at, date: 'Wed, 01 Jan 2020 00:00:00 GMT' }))).toBe(90_000)
  })

  it('that is over, by our own clock when the server does not tell his, is 0', () => {
    expect(retryAfterOf(reply(503, { 'retry-after': at }))).toBe(0)
  })

  it('may be missing', () => {
    expect(retryAfterOf(reply(503))).toBeUndefined()
  })
})
