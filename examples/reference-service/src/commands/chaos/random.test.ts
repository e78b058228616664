import { expect, it } from 'vitest'
import { randomChaos, seeded } from './random.ts'
import type { Scenario } from './scenarios.ts'
import type { Target } from './target.ts'

/** A target that writes down what is done to it, and is as it is told to be. */
function targetThatIs(health: string) {
  const done: string[] = []
  const target = {
    trouble: async (name: string) => ({ done: done.push(name) }),
    condition: async () => ({ health, ailing: [] }),
  } as unknown as Target
  const scenario = (name: string): Scenario => ({
    name,
    begin: async () => `${name} ${done.push(name)}`,
    mend: async () => void done.push(`mend ${name}`),
  })
  return { target, done, scenarios: [scenario('a'), scenario('b')] }
}

const OPTIONS = { latencyMs: 1, durationMs: 20, holdMs: 1, withinMs: 1 }

it('mends each trouble before the next, and ends when its time is over', async () => {
  const { target, done, scenarios } = targetThatIs('healthy')
  const episodes = await randomChaos(target, { ...OPTIONS, scenarios, random: seeded(1) }, () => undefined)
  expect(episodes.length).toBeGreaterThan(0)
  expect(done).toEqual(episodes.flatMap(({ scenario }) => [scenario, `mend ${scenario}`, 'stop']))
  expect(new Set(episodes.map(({ recoveredAfterMs }) => typeof recoveredAfterMs))).toEqual(new Set(['number']))
})

it('makes no more trouble when the service does not recover', async () => {
  const { target, scenarios } = targetThatIs('degraded')
  const options = { ...OPTIONS, durationMs: 60_000, scenarios, random: seeded(1) }
  const episodes = await randomChaos(target, options, () => undefined)
  expect(episodes).toEqual([{ scenario: expect.stringMatching(/^[ab]$/), recoveredAfterMs: null }])
})

it('draws the same for the same seed, over the whole of 0 to 1', () => {
  const [random, same] = [seeded(7), seeded(7)]
  const draws = Array.from({ length: 1_000 }, random)
  expect(draws).toEqual(Array.from({ length: 1_000 }, same))
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true)
  expect(draws.filter((draw) => draw < 0.5).length).toBeGreaterThan(400)
  expect(draws.filter((draw) => draw < 0.5).length).toBeLessThan(600)
})
