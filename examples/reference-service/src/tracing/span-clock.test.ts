import { expect, it } from 'vitest'
import { hrTimeOf } from './span-clock.ts'

it('gives the time of the wall clock, in whole seconds and nanoseconds', () => {
  for (let index = 0; index < 500; index++) {
    const ms = index * 14.731
    const [seconds, nanoseconds] = hrTimeOf(ms)
    expect(Number.isInteger(seconds) && Number.isInteger(nanoseconds)).toBe(true)
    expect(nanoseconds).toBeGreaterThanOrEqual(0)
    expect(nanoseconds).toBeLessThan(1e9)
    expect(Math.abs(seconds * 1_000 + nanoseconds / 1e6 - (performance.timeOrigin + ms))).toBeLessThan(0.01)
  }
})

it('keeps microseconds apart', () => {
  const nowMs = performance.now()
  const [seconds, nanoseconds] = hrTimeOf(nowMs)
  const [laterSeconds, laterNanoseconds] = hrTimeOf(nowMs + 0.001)
  const apart = (laterSeconds - seconds) * 1e9 + laterNanoseconds - nanoseconds
  expect(Math.abs(apart - 1_000)).toBeLessThan(100)
})
