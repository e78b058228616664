import { expect, it } from 'vitest'
import { isSigned, sign } from './signature.ts'

const SECRET = 'a-secret-of-enough-length'
const NOW = Date.UTC(2026, 0, 25)
const BODY = '{"signal_type":"validate","payload":{}}'

it('knows a body that was signed with the secret, for five minutes', () => {
  const headers = sign(BODY, SECRET, NOW)
  expect(isSigned(headers, BODY, SECRET, NOW)).toBe(true)
  expect(isSigned(headers, BODY, SECRET, NOW + 299_000)).toBe(true)
  expect(isSigned(headers, BODY, SECRET, NOW + 301_000)).toBe(false)
  expect(isSigned(headers, BODY, SECRET, NOW - 301_000)).toBe(false)
})

it.each([
  ['another body', sign(BODY, SECRET, NOW), `${BODY} `],
  ['another secret', sign(BODY, `${SECRET}!`, NOW), BODY],
  ['another time than was signed', { ...sign(BODY, SECRET, NOW), 'x-tps-timestamp': String(NOW / 1_000 + 1) }, BODY],
  ['no signature', { 'x-tps-timestamp': String(NOW / 1_000) }, BODY],
  ['no time', { 'x-tps-signature': sign(BODY, SECRET, NOW)['x-tps-signature'] }, BODY],
  ['a time that is none', { ...sign(BODY, SECRET, NOW), 'x-tps-timestamp': 'now' }, BODY],
  ['a signature that is none', { ...sign(BODY, SECRET, NOW), 'x-tps-signature': 'abc' }, BODY],
])('refuses %s', (_what, headers, body) => {
  expect(isSigned(headers as Record<string, string>, body, SECRET, NOW)).toBe(false)
})
