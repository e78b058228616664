import { expect, it } from 'vitest'
import { Rate } from './rate.ts'

it('is what was counted in the last ten whole seconds', () => {
  let nowMs = 0
  const rate = new Rate(() => nowMs)
  rate.add(5)
  expect(rate.perSecond).toBe(5)
  nowMs = 1_500
  expect(rate.perSecond).toBe(5)
  for (; nowMs < 20_000; nowMs += 1_000) rate.add(2)
  expect(rate.perSecond).toBe(2)
  nowMs += 60_000
  expect([rate.perSecond, rate.total]).toEqual([0, 43])
})
