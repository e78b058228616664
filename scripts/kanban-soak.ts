import { setTimeout as sleep } from 'node:timers/promises'
import { DeadLetterQueue, type HandlerContext, PullQueue, WorkerPool } from '@tps/kanban'

/** How long, and how watched. */
export interface SoakOptions {
  readonly seconds: number
  /** Makes the load, though not the timing of the machine, the same each time. Default 1. */
  readonly seed?: number
  /** Collects garbage, so that memory can be compared. */
  readonly collect: () => void
  /** Told about ten times a minute, and at least ten times in all. */
  readonly onProgress?: (progress: Progress) => void
}

/** How it stands. */
export interface Progress {
  readonly elapsedMs: number
  readonly settled: number
  readonly heapMb: number
}

/** What it came to. */
export interface SoakReport {
  /** Total of items that were let in. */
  readonly admitted: number
  readonly submitted: number
  readonly overdue: number
  readonly resizes: number
  /** What did not hold; the first few. Empty when all is well. */
  readonly violations: readonly string[]
  /** What was kept after each collection of garbage, in MB. */
  readonly heapMb: readonly number[]
  /** How much more the later half of these kept than the earlier half, in MB: by their medians. */
  readonly grownMb: number
}

const CAPACITY = 200
const MOST_WORKERS = 16
const TIMEOUT_MS = 40
const CLASSES = ['expedite', 'standard'] as const

interface Work {
  readonly kind: number
  /** So that a leaked item weighs. */
  readonly load: Uint8Array
}

/** The same numbers from 0 to below 1 for the same seed: mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A queue, its pool, and those who give it no rest. */
class Soak {
  readonly violations: string[] = []
  readonly queue = new PullQueue<Work>({ capacity: CAPACITY, classes: CLASSES })
  readonly #random: () => number
  readonly #untilMs: number
  readonly #deadLetters = new DeadLetterQueue<Work>({ capacity: 100 })
  #running = 0
  /** Submitted items that have no answer yet, and those that have. */
  #unanswered = 0
  submitted = 0
  resizes = 0
  #overdueOfStopped = 0
  pool = this.#newPool()

  constructor(seconds: number, seed: number) {
    this.#random = randomFrom(seed)
    this.#untilMs = performance.now() + seconds * 1_000
  }

  get isOn(): boolean {
    return performance.now() < this.#untilMs
  }

  get settled(): number {
    const { acked, deadLettered, expired, withdrawn } = this.queue.snapshot()
    return acked + deadLettered + expired + withdrawn
  }

  get overdue(): number {
    return this.#overdueOfStopped + this.pool.snapshot().timedOut
  }

  /** Gives it no rest until the time is over, then lets it come to rest. */
  async run(): Promise<void> {
    await Promise.all([this.#offering(), this.#putting(), this.#submitting(), this.#taking(), this.#meddling()])
    this.pool.resume()
    this.queue.close()
    await this.pool.drain()
    await this.pool.stop()
    // What was cut off by an earlier stop may take as long as the longest handler.
    for (let turn = 0; turn < 100 && this.#running > 0; turn++) await sleep(10)
    const { depth, leased } = this.queue.snapshot()
    if (depth + leased > 0) this.#violated(`${depth} wait and ${leased} are leased at the end`)
    if (this.#unanswered > 0) this.#violated(`${this.#unanswered} submitted items have no answer`)
    if (this.#running > 0) this.#violated(`${this.#running} handlers run at the end`)
    this.check()
  }

  check(): void {
    const queue = this.queue.snapshot()
    const gone = queue.acked + queue.deadLettered + queue.dropped + queue.expired + queue.withdrawn
    const kept = queue.depth + queue.leased
    if (queue.admitted !== kept + gone) this.#violated(`admitted ${queue.admitted}, but ${kept} in and ${gone} gone`)
    if (queue.depth > CAPACITY + MOST_WORKERS) this.#violated(`${queue.depth} wait`)
    const { busy, failed, retried, deadLettered } = this.pool.snapshot()
    if (busy > MOST_WORKERS) this.#violated(`${busy} handlers run`)
    if (failed !== retried + deadLettered)
      this.#violated(`failed ${failed}, retried ${retried}, given up ${deadLettered}`)
  }

  #newPool(): WorkerPool<Work, number> {
    return new WorkerPool<Work, number>(
      {
        source: this.queue,
        workers: 4,
        attempts: 3,
        timeoutMs: TIMEOUT_MS,
        backoff: { baseMs: 2, maxMs: 20 },
        deadLetters: this.#deadLetters,
      },
      (work, context) => this.#counted(() => this.#handle(work, context)),
    )
  }

  async #counted(handle: () => number | Promise<number>): Promise<number> {
    this.#running++
    try {
      return await handle()
    } finally {
      this.#running--
    }
  }

  #handle({ kind }: Work, context: HandlerContext): number | Promise<number> {
    if (kind < 0.5) return kind
    if (kind < 0.6) return Promise.resolve(kind)
    if (kind < 0.65) throw new Error('thrown')
    if (kind < 0.7) return Promise.reject(new Error('rejected'))
    if (kind < 0.9) return sleep(kind * 8, kind, { signal: context.signal })
    if (kind < 0.94) return beating(context)
    // Overdue: some end when they are told to, some some time later.
    if (kind < 0.97) return sleep(10 * TIMEOUT_MS, kind, { signal: context.signal })
    return sleep(2 * TIMEOUT_MS, kind)
  }

  async #offering(): Promise<void> {
    while (this.isOn) {
      for (let left = this.#upTo(150); left > 0; left--)
        this.queue.offer(this.#work(), {
          class: this.#random() < 0.2 ? 'expedite' : 'standard',
          deadlineMs: this.#random() < 0.1 ? 5 : undefined,
        })
      await sleep(this.#upTo(5))
    }
  }

  async #putting(): Promise<void> {
    while (this.isOn) {
      const abort = new AbortController()
      const puts = Array.from({ length: this.#upTo(80) }, () => this.queue.put(this.#work(), { signal: abort.signal }))
      if (this.#random() < 0.3) abort.abort()
      await Promise.allSettled(puts)
      await sleep(this.#upTo(5))
    }
  }

  async #submitting(): Promise<void> {
    while (this.isOn) {
      const abort = new AbortController()
      const whenFull = this.#random() < 0.5 ? ('wait' as const) : ('reject' as const)
      const { signal } = abort
      const results = Array.from({ length: this.#upTo(60) }, () => this.#submit({ signal, whenFull }))
      await sleep(this.#upTo(10))
      if (this.#random() < 0.3) abort.abort()
      await Promise.all(results)
    }
  }

  async #submit(options: Parameters<WorkerPool<Work, number>['submit']>[1]): Promise<void> {
    this.submitted++
    this.#unanswered++
    await this.pool.submit(this.#work(), options).catch(() => {})
    this.#unanswered--
  }

  async #taking(): Promise<void> {
    while (this.isOn) {
      for (let left = this.#upTo(3); left > 0; left--) this.queue.poll()
      const lease = this.queue.tryLease()
      const patience = new AbortController()
      setTimeout(() => patience.abort(), 5)
      await this.queue.take({ signal: patience.signal }).catch(() => {})
      if (this.#random() < 0.5) lease?.ack()
      else lease?.retry({ delayMs: this.#upTo(10) })
    }
  }

  async #meddling(): Promise<void> {
    while (this.isOn) {
      await sleep(this.#upTo(20))
      const what = this.#random()
      if (what < 0.7) {
        this.pool.resize(1 + this.#upTo(MOST_WORKERS))
        this.resizes++
      } else if (what < 0.95) {
        this.pool.pause()
        await sleep(this.#upTo(5))
        this.pool.resume()
      } else {
        await this.#replacePool()
      }
      this.check()
    }
  }

  /** A pool that is stopped in the middle of its work; another goes on with the queue. */
  async #replacePool(): Promise<void> {
    const old = this.pool
    this.pool = this.#newPool()
    await old.stop({ graceMs: this.#upTo(TIMEOUT_MS) })
    this.#overdueOfStopped += old.snapshot().timedOut
  }

  #work(): Work {
    return { kind: this.#random(), load: new Uint8Array(100) }
  }

  /** A whole number from 0 to below `bound`. */
  #upTo(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  #violated(what: string): void {
    if (this.violations.length < 10) this.violations.push(what)
  }
}

/** Takes twice its time, and says that it is alive. */
async function beating({ heartbeat, signal }: HandlerContext): Promise<number> {
  for (let beat = 0; beat < 4; beat++) {
    await sleep(TIMEOUT_MS / 2, undefined, { signal })
    heartbeat()
  }
  return 1
}

/** Hurries a queue and its pool for so long, and looks whether they keep their promises and give their memory back. */
export async function soakKanban({ seconds, seed = 1, collect, onProgress }: SoakOptions): Promise<SoakReport> {
  const soak = new Soak(seconds, seed)
  const startMs = performance.now()
  const heapMb: number[] = []
  const running = soak.run()
  const everyMs = Math.min(6_000, (seconds * 1_000) / 16)
  while (soak.isOn) {
    await sleep(everyMs)
    collect()
    heapMb.push(process.memoryUsage().heapUsed / 2 ** 20)
    onProgress?.({ elapsedMs: performance.now() - startMs, settled: soak.settled, heapMb: heapMb.at(-1) ?? 0 })
  }
  await running
  const { admitted } = soak.queue.snapshot()
  const { submitted, overdue, resizes, violations } = soak
  return { admitted, submitted, overdue, resizes, violations, heapMb, grownMb: growth(heapMb) }
}

/** The first quarter warms up: code is compiled, structures reach their size. Medians, because single samples stray. */
function growth(samples: readonly number[]): number {
  const warm = samples.slice(samples.length >> 2)
  const half = warm.length >> 1
  return medianOf(warm.slice(half)) - medianOf(warm.slice(0, half))
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}
