import { describe, expect, it } from 'vitest'
import {
  type AnyPolicy,
  type OrderWarning,
  CircuitBreaker,
  bulkhead,
  checkOrder,
  coalesce,
  compose,
  fallback,
  hedge,
  resilient,
  retry,
  timeout,
} from './index.ts'

const breaker = new CircuitBreaker()
const again = retry()
const timed = timeout(100)
const room = bulkhead({ limit: 1 })
const instead = fallback(() => 0)
const twice = hedge({ afterMs: 1 })
const shared = coalesce()

describe('says nothing about', () => {
  it.each<[string, AnyPolicy[]]>([
    ['the order that is right most of the time', [instead, shared, timed, again, twice, room, breaker, timed]],
    ['a breaker without any timeout', [breaker]],
    ['a retry around a breaker with its timeout', [again, breaker, timed]],
    ['policies of other makes', [{ execute: async (work) => work({ signal: AbortSignal.any([]) }) }, breaker]],
    ['the preset', [resilient({ fallback: () => 0, coalesce: {}, bulkhead: { limit: 1 }, totalTimeout: 1_000 })]],
  ])('%s', (_title, policies) => {
    expect(checkOrder(...policies)).toEqual([])
  })
})

describe('warns of', () => {
  it.each<[OrderWarning['code'], AnyPolicy[]]>([
    ['retry-inside-breaker', [breaker, again, timed]],
    ['hedge-inside-breaker', [breaker, twice, timed]],
    ['bulkhead-inside-breaker', [breaker, room]],
    ['bulkhead-around-retry', [room, again]],
    ['breaker-without-timeout', [timed, breaker]],
    ['retry-without-timeout', [timed, again]],
    ['coalesce-inside', [breaker, shared]],
    ['coalesce-inside', [again, shared.forKey('a')]],
    ['fallback-inside', [breaker, instead]],
    ['fallback-inside', [again, instead]],
  ])('%s', (code, policies) => {
    expect(checkOrder(...policies).map((warning) => warning.code)).toEqual([code])
  })
})

it('looks into what has been composed', () => {
  const [warning] = checkOrder(compose(timed, compose(breaker, compose(again, timed))))
  expect(warning).toMatchObject({ code: 'retry-inside-breaker', outer: 'circuit-breaker', inner: 'retry' })
  expect(warning?.message).toMatch(/^circuit-breaker, retry: the breaker sees one outcome/)
})

it('refuses what is no policy', () => {
  expect(() => checkOrder({} as AnyPolicy)).toThrow('policies[0] must have a method execute()')
})
