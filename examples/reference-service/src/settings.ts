import { type Static, Type } from 'typebox'
import type { Config } from './config.ts'

/**
 * What can be changed while the service runs: the keys of the seeds' ConfigMap `tps-config`.
 * `PATCH /admin/config` takes any of them and applies them at once.
 */
export const SettingsSchema = Type.Object(
  {
    downstream_enabled: Type.Boolean({
      description: 'Whether the simulated downstream works. When false it answers 503.',
    }),
    downstream_latency_ms: Type.Integer({
      minimum: 0,
      maximum: 60_000,
      description: 'How long the downstream takes to answer, in ms.',
    }),
    downstream_error_ratio: Type.Number({
      minimum: 0,
      maximum: 1,
      description: 'The share of calls that the downstream answers with 500.',
    }),
    downstream_chain: Type.Boolean({
      description: 'Whether signals call downstream c, which calls b, which calls a. When false they call a.',
    }),
    downstream_b_enabled: Type.Boolean({ description: 'The same of downstream b.' }),
    downstream_b_latency_ms: Type.Integer({ minimum: 0, maximum: 60_000, description: 'The same of downstream b.' }),
    downstream_b_error_ratio: Type.Number({ minimum: 0, maximum: 1, description: 'The same of downstream b.' }),
    downstream_c_enabled: Type.Boolean({ description: 'The same of downstream c.' }),
    downstream_c_latency_ms: Type.Integer({ minimum: 0, maximum: 60_000, description: 'The same of downstream c.' }),
    downstream_c_error_ratio: Type.Number({ minimum: 0, maximum: 1, description: 'The same of downstream c.' }),
    task_ms: Type.Integer({
      minimum: 0,
      maximum: 60_000,
      description: 'What the task of one signal costs a worker, in ms.',
    }),
    workers: Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many workers pull signals.' }),
    autoscale: Type.Boolean({ description: 'Whether workers are added and taken away by the load.' }),
    rate_limit: Type.Number({
      minimum: 0,
      maximum: 1_000_000,
      description: 'How many signals a second are let in. 0: as many as there is room for.',
    }),
  },
  { additionalProperties: false },
)

/** The settings in force. */
export type Settings = Static<typeof SettingsSchema>

/** Holds the settings and tells those who depend on them. */
export class SettingsStore {
  #settings: Settings
  #changed: Partial<Settings> = {}
  readonly #listeners: ((settings: Settings) => void)[] = []

  constructor(initial: Settings) {
    this.#settings = { ...initial }
  }

  get current(): Readonly<Settings> {
    return this.#settings
  }

  /** Those that were changed since the start, as they are now. */
  get changed(): Readonly<Partial<Settings>> {
    return this.#changed
  }

  /** Replaces the given ones, all at once, and calls the listeners. The values have been checked by the schema. */
  change(part: Partial<Settings>): Readonly<Settings> {
    this.#settings = { ...this.#settings, ...part }
    this.#changed = { ...this.#changed, ...part }
    for (const listener of this.#listeners) listener(this.#settings)
    return this.#settings
  }

  /** Calls `listener` now and after every change. */
  follow(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener)
    listener(this.#settings)
  }
}

/** The settings that a process begins with. */
export function initialSettings({ TASK_MS, WORKER_COUNT, AUTOSCALE, RATE_LIMIT }: Config): Settings {
  return {
    downstream_enabled: true,
    downstream_latency_ms: 0,
    downstream_error_ratio: 0,
    downstream_chain: false,
    downstream_b_enabled: true,
    downstream_b_latency_ms: 0,
    downstream_b_error_ratio: 0,
    downstream_c_enabled: true,
    downstream_c_latency_ms: 0,
    downstream_c_error_ratio: 0,
    task_ms: TASK_MS,
    workers: WORKER_COUNT,
    autoscale: AUTOSCALE === 'on',
    rate_limit: RATE_LIMIT,
  }
}
