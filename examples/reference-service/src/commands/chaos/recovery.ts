import { setTimeout as wait } from 'node:timers/promises'
import type { Condition } from './target.ts'

const EVERY_MS = 250

/**
 * Asks until the service is healthy, tells what ails it whenever that changes, and resolves with how many ms it took;
 * with `null` when it is not within `withinMs`.
 */
export async function recovered(
  ask: () => Promise<Condition>,
  withinMs: number,
  say: (text: string) => void,
  pause: (ms: number) => Promise<unknown> = wait,
  now: () => number = () => performance.now(),
): Promise<number | null> {
  const startMs = now()
  let told = ''
  for (;;) {
    const { health, ailing } = await ask()
    const tookMs = now() - startMs
    const seconds = (tookMs / 1_000).toFixed(1)
    const state = `${health}${ailing.length > 0 ? `: ${ailing.join(', ')}` : ''}`
    if (state !== told) say(`${seconds.padStart(6)} s  ${(told = state)}`)
    if (health === 'healthy') return tookMs
    if (tookMs >= withinMs) return null
    await pause(EVERY_MS)
  }
}
