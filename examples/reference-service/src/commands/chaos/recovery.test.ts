import { describe, expect, it } from 'vitest'
import { recovered } from './recovery.ts'
import type { Condition } from './target.ts'

/** Waits for the conditions one after the other, the last one for ever, on a clock of its own. */
async function watch(conditions: readonly Condition[], withinMs: number) {
  let nowMs = 0
  let asked = 0
  const said: string[] = []
  const tookMs = await recovered(
    async () => conditions[Math.min(asked++, conditions.length - 1)] as Condition,
    withinMs,
    (text) => said.push(text.trim()),
    async (ms) => (nowMs += ms),
    () => nowMs,
  )
  return { tookMs, said }
}

const HEALTHY: Condition = { health: 'healthy', ailing: [] }
const DEGRADED: Condition = { health: 'degraded', ailing: ['circuit_breaker', 'downstream'] }
const GONE: Condition = { health: 'gone', ailing: [] }

describe('recovered', () => {
  it('tells how long it took, and each change on the way once', async () => {
    expect(await watch([GONE, GONE, DEGRADED, DEGRADED, HEALTHY], 10_000)).toEqual({
      tookMs: 1_000,
      said: ['0.0 s  gone', '0.5 s  degraded: circuit_breaker, downstream', '1.0 s  healthy'],
    })
  })

  it('gives up when it takes too long', async () => {
    expect(await watch([DEGRADED], 2_000)).toMatchObject({ tookMs: null })
  })
})
