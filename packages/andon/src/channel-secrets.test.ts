import { describe, expect, it } from 'vitest'
import { Secrets, checkSecret, checkSecretHeaders, checkSecretUrl } from './channel-secrets.ts'

const SLACK = 'https://hooks.slack.com/services/T00000000/B11111111/abcdefghijklmnopqrstuvwx'

describe('redact', () => {
  it.each([
    ['the whole URL', `no ${SLACK} here`],
    ['its path', 'POST /services/T00000000/B11111111/abcdefghijklmnopqrstuvwx failed'],
    ['one piece of it', 'unknown token abcdefghijklmnopqrstuvwx'],
    ['the path with its slashes escaped', '{"url":"\\/T00000000\\/B11111111\\/abcdefghijklmnopqrstuvwx"}'],
  ])('takes out %s', (_, text) => {
    const clean = new Secrets([SLACK]).redact(text)
    expect(clean).toContain('[redacted]')
    for (const piece of ['T00000000', 'B11111111', 'abcdefgh']) expect(clean).not.toContain(piece)
  })

  it('takes out values of the query, encoded and decoded', () => {
    const secrets = new Secrets(['https://example.org/hook?token=a%2Fb%2Fc%2Fd&v=1'])
    expect(secrets.redact('a/b/c/d and token=a%2Fb%2Fc%2Fd')).not.toMatch(/a\/b|a%2F/)
    expect(secrets.redact('v1 of the API')).toBe('v1 of the API')
  })

  it('takes out a password of any length, and leaves a path that cannot be decoded alone', () => {
    expect(new Secrets(['xy', '']).redact('pass xy')).toBe('pass [redacted]')
    expect(new Secrets(['https://example.org/%E0%A4%A']).redact('x')).toBe('x')
  })
})

describe('the checks', () => {
  it.each([
    ['ftp://secret.example/abc'],
    ['hooks.slack.com/services/secret'],
    ['https://user:secret@example.org/'],
    [`javascript:secret`],
  ])('refuse %s without showing it', (url) => {
    expect(() => checkSecretUrl('url', url)).toThrow(RangeError)
    expect(() => checkSecretUrl('url', url)).toThrow(/^url must (?!.*secret)/)
  })

  it('refuse what is no string, or empty, without showing it', () => {
    expect(() => checkSecret('key', 12_345)).toThrow(new TypeError('key must be a string'))
    expect(() => checkSecret('key', '')).toThrow(new RangeError('key must not be empty'))
  })

  it('take a URL object', () => {
    expect(checkSecretUrl('url', new URL(SLACK))).toBe(SLACK)
  })

  it('lower the names of headers', () => {
    expect(checkSecretHeaders({ Authorization: 'Bearer x' })).toEqual({ authorization: 'Bearer x' })
    expect(checkSecretHeaders()).toEqual({})
  })

  it.each<[object, string]>([
    [{ 'bad name': 'secret' }, 'headers: a name must be a token of HTTP'],
    [{ a: 'secret\r\nb: c' }, 'headers: a must have no line breaks or wide characters'],
    [{ a: 'secret€' }, 'headers: a must have no line breaks or wide characters'],
    [{ a: 5 }, 'headers: a must be a string'],
    [{ Host: 'secret' }, 'headers must not set host'],
    [['secret'], 'headers must be an object of strings'],
  ])('refuse the headers %o without showing a value', (headers, message) => {
    expect(() => checkSecretHeaders(headers as Record<string, string>, ['host'])).toThrow(message)
  })
})
