import { AlertEmitter } from '@tps/andon'
import { ManualClock } from '@tps/internal/manual-clock'
import { Slo } from '@tps/kaizen'
import { expect, it } from 'vitest'

// The two packages don't know each other: kaizen's rules have the shape that andon takes.

const MINUTE_MS = 60_000

it('the burn-rate alerts of an SLO fire in andon, the fastest first, and resolve when the trouble is over', () => {
  const clock = new ManualClock()
  const slo = new Slo({ name: 'checkout', target: 0.999, clock, wallNow: () => Date.UTC(2026, 0, 1) })
  const andon = new AlertEmitter({ rules: slo.alertRules(), clock, timers: clock })
  const told: string[] = []
  andon.on('firing', ({ rule, severity }) => told.push(`${severity} ${rule} fires`))
  andon.on('resolved', ({ rule }) => told.push(`${rule} resolves`))
  const run = (minutes: number, bad: number): void => {
    for (let minute = 0; minute < minutes; minute++) {
      slo.add(10_000 - bad, 10_000)
      clock.advance(MINUTE_MS)
      andon.evaluate()
    }
  }
  run(3 * 24 * 60, 1)
  expect(told).toEqual([])
  run(70, 400)
  expect(told.slice(0, 2)).toEqual([
    'red checkout budget burn 14.4 over 1h fires',
    'red checkout budget burn 6 over 6h fires',
  ])
  told.length = 0
  run(6, 0)
  expect(told).toEqual(['checkout budget burn 14.4 over 1h resolves'])
  run(30, 0)
  expect(told).toContain('checkout budget burn 6 over 6h resolves')
})

it('alerts without data change nothing', () => {
  const clock = new ManualClock()
  const slo = new Slo({ target: 0.999, clock, minEvents: 100 })
  const andon = new AlertEmitter({ rules: slo.alertRules(), clock, timers: clock })
  slo.add(0, 99)
  andon.evaluate()
  expect(andon.snapshot()).toMatchObject({ firing: 0 })
})
