import type { CircuitBreaker } from '@tps/jidoka'

/** What the last health check of the downstream found. */
export interface HealthReading {
  readonly status: 'healthy' | 'unhealthy' | 'unknown'
  readonly latencyMs: number | null
  /** Wall clock, ISO 8601; `null` before the first check. */
  readonly checkedAt: string | null
  readonly error?: string
}

/** What can be asked for its health. */
export interface Checked {
  health(): Promise<unknown>
}

/**
 * Asks the downstream for its health again and again, through the circuit breaker: failing checks open the circuit
 * without a signal having to be lost, and once the break is over the next check is the probe that closes it.
 */
export class DownstreamWatch {
  readonly #breaker: CircuitBreaker
  readonly #downstream: Checked
  readonly #everyMs: number
  #timer: NodeJS.Timeout | undefined
  #reading: HealthReading = { status: 'unknown', latencyMs: null, checkedAt: null }

  constructor(breaker: CircuitBreaker, downstream: Checked, everyMs: number) {
    this.#breaker = breaker
    this.#downstream = downstream
    this.#everyMs = everyMs
  }

  get reading(): HealthReading {
    return this.#reading
  }

  /** Checks once and then every `everyMs`, the next one counted from the end of the last. */
  async start(): Promise<void> {
    await this.check()
    this.#schedule()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** One check. Never rejects. While the circuit refuses calls there is nothing to ask. */
  async check(): Promise<void> {
    const isProbe = this.#breaker.state !== 'closed'
    const permit = this.#breaker.tryAcquire()
    if (!permit) return
    const start = performance.now()
    try {
      await this.#downstream.health()
      this.#note({ status: 'healthy', latencyMs: performance.now() - start })
      // On a closed circuit a good check says nothing about calls that fail: it must not interrupt their row.
      if (isProbe) permit.success()
      else permit.ignore()
    } catch (error) {
      this.#note({
        status: 'unhealthy',
        latencyMs: null,
        error: error instanceof Error ? error.message : String(error),
      })
      permit.failure(error)
    }
  }

  #note(reading: Omit<HealthReading, 'checkedAt'>): void {
    this.#reading = { ...reading, checkedAt: new Date().toISOString() }
  }

  #schedule(): void {
    this.#timer = setTimeout(() => {
      void this.check().then(() => {
        if (this.#timer) this.#schedule()
      })
    }, this.#everyMs).unref()
  }
}
