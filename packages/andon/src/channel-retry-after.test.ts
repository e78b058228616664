import { expect, it } from 'vitest'
import { retryAfterOf } from './channel-retry-after.ts'
import { START_MS } from './channel-test-kit.ts'

it.each<[string | null, number | undefined]>([
  ['30', 30_000],
  [' 0.5 ', 500],
  ['0', 0],
  ['Sun, 01 Mar 2026 12:02:00 GMT', 120_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ['', undefined],
  ['-1', undefined],
  ['soon', undefined],
  [null, undefined],
])('reads %s as %s ms', (header, ms) => {
  expect(retryAfterOf(header, START_MS)).toBe(ms)
})
