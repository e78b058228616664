import type { Settings } from '../settings.ts'

/** The simulated downstreams. Signals call a; in the chain they call c, which calls b, which calls a. */
export const DOWNSTREAMS = ['a', 'b', 'c'] as const

/** A simulated downstream. */
export type DownstreamName = (typeof DOWNSTREAMS)[number]

/** How a simulated downstream behaves. */
export interface Behaviour {
  readonly enabled: boolean
  readonly latencyMs: number
  readonly errorRatio: number
}

/** How the settings have `name` behave. What the labs call "the downstream" is a. */
export function behaviourOf(settings: Settings, name: DownstreamName): Behaviour {
  const prefix = name === 'a' ? 'downstream' : (`downstream_${name}` as const)
  return {
    enabled: settings[`${prefix}_enabled`],
    latencyMs: settings[`${prefix}_latency_ms`],
    errorRatio: settings[`${prefix}_error_ratio`],
  }
}

/** Where signals call, as a path of the simulated downstreams' server. */
export function entryOf({ downstream_chain }: Pick<Settings, 'downstream_chain'>): DownstreamName {
  return downstream_chain ? 'c' : 'a'
}
