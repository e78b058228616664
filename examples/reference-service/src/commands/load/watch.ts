/** What the service says of itself while it is under load: a part of `GET /status`. */
export interface Gauge {
  readonly depth: number
  readonly capacity: number
  readonly workers: number
  readonly utilization: number
  /** Signals finished a second, lately. */
  readonly processingRate: number
  readonly circuit: string
  /** p99 from arrival to result over the service's window, in ms; `null` when nothing was finished. */
  readonly p99Ms: number | null
  /** What one signal occupies a worker for on average, in ms; `null` when nothing was finished. */
  readonly workMs: number | null
}

interface StatusAnswer {
  readonly jidoka: { readonly circuit_breaker: string }
  readonly kanban: {
    readonly queue_max_size: number
    readonly queue_current_depth: number
    readonly workers: number
    readonly worker_utilization: number
    readonly processing_rate: number
  }
  readonly kaizen: {
    readonly percentile_p99: number | null
    readonly component_breakdown: Readonly<Record<string, number | null>>
  }
}

/** Reads `GET /status` again and again. Where there is no such page, it has nothing to say. */
export class StatusWatch {
  readonly #url: URL
  readonly #follow: (gauge: Gauge) => void
  #last: Gauge | undefined
  #timer: NodeJS.Timeout | undefined

  /** @param follow is called with every reading. */
  constructor(service: URL, follow: (gauge: Gauge) => void = () => undefined) {
    this.#url = new URL('/status', service)
    this.#follow = follow
  }

  /** The last reading. */
  get last(): Gauge | undefined {
    return this.#last
  }

  /** Reads once, now. Resolves with `undefined` when there was no answer that it understands. */
  async read(): Promise<Gauge | undefined> {
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(2_000) })
      if (!response.ok) return undefined
      this.#last = gaugeOf((await response.json()) as StatusAnswer)
      this.#follow(this.#last)
      return this.#last
    } catch {
      return undefined
    }
  }

  /** Reads every `everyMs`, the next time counted from the end of the last. */
  start(everyMs: number): void {
    const again = (): void => {
      this.#timer = setTimeout(() => void this.read().then(() => this.#timer && again()), everyMs)
    }
    again()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function gaugeOf({ jidoka, kanban, kaizen }: StatusAnswer): Gauge {
  const { process_work: work, jidoka_check: check } = kaizen.component_breakdown
  return {
    depth: kanban.queue_current_depth,
    capacity: kanban.queue_max_size,
    workers: kanban.workers,
    utilization: kanban.worker_utilization,
    processingRate: kanban.processing_rate,
    circuit: jidoka.circuit_breaker,
    p99Ms: kaizen.percentile_p99,
    workMs: work == null ? null : work + (check ?? 0),
  }
}
