import { type Static, Type } from 'typebox'

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
    task_ms: Type.Integer({
      minimum: 0,
      maximum: 60_000,
      description: 'What the task of one signal costs a worker, in ms.',
    }),
    workers: Type.Integer({ minimum: 1, maximum: 1_000, description: 'How many workers pull signals.' }),
  },
  { additionalProperties: false },
)

/** The settings in force. */
export type Settings = Static<typeof SettingsSchema>

/** Holds the settings and tells those who depend on them. */
export class SettingsStore {
  #settings: Settings
  readonly #listeners: ((settings: Settings) => void)[] = []

  constructor(initial: Settings) {
    this.#settings = { ...initial }
  }

  get current(): Readonly<Settings> {
    return this.#settings
  }

  /** Replaces the given ones, all at once, and calls the listeners. The values have been checked by the schema. */
  change(part: Partial<Settings>): Readonly<Settings> {
    this.#settings = { ...this.#settings, ...part }
    for (const listener of this.#listeners) listener(this.#settings)
    return this.#settings
  }

  /** Calls `listener` now and after every change. */
  follow(listener: (settings: Settings) => void): void {
    this.#listeners.push(listener)
    listener(this.#settings)
  }
}
