import { describe, expect, it } from 'vitest'
import { alertWith, groupOf, notificationOf } from './channel-test-kit.ts'
import { alertLine, cut, headline, oneLine } from './channel-text.ts'

describe('cut', () => {
  it('leaves what fits, and marks what does not', () => {
    expect(cut('12345', 5)).toBe('12345')
    expect(cut('123456', 5)).toBe('1234…')
  })

  it('never cuts through a character', () => {
    expect(cut('123😀😀', 5)).toBe('123…')
    expect(cut('12😀😀', 5)).toBe('12😀…')
  })
})

it('puts text on one line', () => {
  expect(oneLine('a\r\nBcc: x@example.org\u2028b\u0007')).toBe('a Bcc: x@example.org b')
})

describe('the headline', () => {
  it.each([
    [notificationOf('firing'), 'HighLatency firing: p99 is too high (value 250)'],
    [notificationOf('resolved', { value: null }), 'HighLatency resolved: p99 is too high (no data)'],
    [notificationOf('firing', {}, { reason: 'repeat' }), 'HighLatency still firing: p99 is too high (value 250)'],
    [notificationOf('firing', {}, { reason: 'flapping' }), 'HighLatency flapping: p99 is too high (value 250)'],
    [
      notificationOf('firing', {}, { reason: 'escalation' }),
      'HighLatency firing, not acknowledged: p99 is too high (value 250)',
    ],
    [
      groupOf('firing', [alertWith(), alertWith({ rule: 'Other' })]),
      '2 alerts firing (region="eu"): HighLatency: p99 is too high',
    ],
    [groupOf('firing', [alertWith()]), 'HighLatency firing: p99 is too high (value 250)'],
  ])('says what has happened: %#', (notification, text) => {
    expect(headline(notification)).toBe(text)
  })
})

it('names an alert with its labels on one line', () => {
  expect(alertLine(alertWith({ labels: { shard: 'a' }, summary: 'two\nlines' }))).toBe(
    'HighLatency{shard="a"}: two lines (value 250)',
  )
})
