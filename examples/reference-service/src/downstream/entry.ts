import type { CircuitBreaker } from '@tps/jidoka'
import type { SettingsStore } from '../settings.ts'
import { entryOf } from './behaviour.ts'
import { type DownstreamAnswer, DownstreamClient, type DownstreamClientOptions } from './client.ts'

/** The downstream that signals call: a, or c in front of the chain, as the settings have it. */
export class DownstreamEntry {
  readonly #clients = new Map<string, DownstreamClient>()
  readonly #options: DownstreamClientOptions
  #current: DownstreamClient

  /** `breaker` begins anew when another one is called. A downstream that isn't simulated has no chain. */
  constructor(
    options: DownstreamClientOptions,
    settings: SettingsStore,
    breaker: CircuitBreaker,
    isSimulated: boolean,
  ) {
    this.#options = options
    this.#current = this.#client('')
    let entry = ''
    if (isSimulated)
      settings.follow((now) => {
        const next = `/${entryOf(now)}`
        if (next === entry) return
        if (entry !== '') breaker.reset()
        entry = next
        this.#current = this.#client(next)
      })
  }

  async work(signal?: AbortSignal, headers?: Readonly<Record<string, string>>): Promise<DownstreamAnswer> {
    return await this.#current.work(signal, headers)
  }

  async health(): Promise<unknown> {
    return await this.#current.health()
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }

  #client(path: string): DownstreamClient {
    const { url, timeoutMs } = this.#options
    const known = this.#clients.get(path) ?? new DownstreamClient({ url: url.replace(/\/$/, '') + path, timeoutMs })
    this.#clients.set(path, known)
    return known
  }
}
