import { type RateLimiter, type RateLimiterSnapshot, rateLimiter } from '@tps/heijunka'
import type { SettingsStore } from './settings.ts'

/** Lets no more signals a second in than the settings say. */
export class Ingress {
  #limiter: RateLimiter | undefined
  #limit = 0

  constructor(settings: SettingsStore) {
    settings.follow(({ rate_limit }) => {
      if (rate_limit === this.#limit) return
      this.#limit = rate_limit
      this.#limiter?.stop()
      this.#limiter = rate_limit > 0 ? rateLimiter({ name: 'ingress', limit: rate_limit }) : undefined
    })
  }

  tryTake(): boolean {
    return this.#limiter?.tryTake() ?? true
  }

  /** After how many ms the signal that was refused last would have been let in. */
  get retryAfterMs(): number {
    return this.#limiter?.retryAfterMs ?? 0
  }

  snapshot(): RateLimiterSnapshot | null {
    return this.#limiter?.snapshot() ?? null
  }
}
