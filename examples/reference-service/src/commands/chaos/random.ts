import { setTimeout as wait } from 'node:timers/promises'
import { recovered } from './recovery.ts'
import type { Scenario, ScenarioOptions } from './scenarios.ts'
import type { Target } from './target.ts'

/** How trouble by chance goes. */
export interface RandomChaosOptions extends ScenarioOptions {
  readonly scenarios: readonly Scenario[]
  /** No more trouble is begun after this time. */
  readonly durationMs: number
  /** How long each trouble lasts. */
  readonly holdMs: number
  /** How long the service may take to be well again. */
  readonly withinMs: number
  readonly random: () => number
}

/** One trouble that was, and how long it took until the service was well again; `null` when it wasn't in time. */
export interface Episode {
  readonly scenario: string
  readonly recoveredAfterMs: number | null
}

/** One trouble after the other, by chance; each is mended before the next. */
export async function randomChaos(
  target: Target,
  options: RandomChaosOptions,
  say: (text: string) => void,
): Promise<readonly Episode[]> {
  const { scenarios, durationMs, holdMs, withinMs, random } = options
  const endMs = performance.now() + durationMs
  const episodes: Episode[] = []
  while (performance.now() < endMs) {
    const scenario = scenarios[Math.floor(random() * scenarios.length)] as Scenario
    say(`-- ${scenario.name}\n${await scenario.begin(target, options)}`)
    await wait(holdMs)
    say('-- mended')
    await scenario.mend?.(target)
    await target.trouble('stop')
    const recoveredAfterMs = await recovered(() => target.condition(), withinMs, say)
    episodes.push({ scenario: scenario.name, recoveredAfterMs })
    if (recoveredAfterMs === null) break
  }
  return episodes
}

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (Mulberry32, Tommy Ettinger). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
