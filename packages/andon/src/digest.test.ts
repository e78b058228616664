import { describe, expect, it } from 'vitest'
import { alertWith, groupOf, notificationOf } from './channel-test-kit.ts'
import { countLine, digestHeadline, digestOf, leftOut } from './digest.ts'

const LIMITS = { maxAlerts: 2, maxRules: 2, dropped: 0 }

describe('a digest', () => {
  const digest = digestOf(
    [
      notificationOf('firing', { rule: 'Rare', severity: 'yellow', activeMs: 9 }),
      notificationOf('resolved', { rule: 'Often', severity: 'yellow' }),
      notificationOf('firing', { rule: 'Often', severity: 'yellow' }),
      notificationOf('firing', { rule: 'Red', severity: 'red', activeMs: 1 }),
      groupOf('firing', [alertWith({ rule: 'Red', activeMs: 5 }), alertWith({ rule: 'Red', activeMs: 3 })]),
    ],
    { ...LIMITS, dropped: 7 },
  )

  it('counts alerts by rule and severity, the worst first, up to a bound', () => {
    expect(digest).toMatchObject({ notifications: 5, firing: 5, resolved: 1, severity: 'red', otherRules: 1 })
    expect(digest.counts).toEqual([
      { rule: 'Red', severity: 'red', firing: 3, resolved: 0 },
      { rule: 'Often', severity: 'yellow', firing: 1, resolved: 1 },
    ])
  })

  it('names the most urgent alerts', () => {
    expect(digest.alerts.map(({ rule, activeMs }) => [rule, activeMs])).toEqual([
      ['Red', 5],
      ['Red', 3],
    ])
  })

  it('is plain JSON, and reads as text', () => {
    expect(JSON.parse(JSON.stringify(digest))).toEqual(digest)
    expect(digestHeadline(digest)).toBe('5 notifications in one: 5 firing, 1 resolved')
    expect(digest.counts.map(countLine)).toContain('Red (red): 3 firing, 0 resolved')
    expect(leftOut(digest)).toEqual([
      'and 1 more rules',
      '4 alerts are not named here',
      '7 more notifications were dropped, because too many waited',
    ])
  })
})

it('is yellow when nothing red fires', () => {
  expect(digestOf([notificationOf('resolved')], LIMITS).severity).toBe('yellow')
  expect(leftOut(digestOf([notificationOf('resolved')], LIMITS))).toEqual([])
})
