import type { CircuitBreaker } from '@tps/jidoka'
import { type Columns, Tier } from './history-tier.ts'
import { HostMeter } from './host.ts'
import { lampOf } from './lamp.ts'
import { type Reading, readingOf } from './reading.ts'
import { FOLDS } from './series.ts'
import type { LineSnapshots } from './snapshots.ts'
import { type Stated, Transitions } from './transitions.ts'

/** How far back can be looked, and how closely: about 1,400 points of each series, whatever happens. */
const RANGES = {
  '5m': { stepMs: 1_000, points: 300 },
  '1h': { stepMs: 10_000, points: 360 },
  '6h': { stepMs: 60_000, points: 360 },
  '24h': { stepMs: 240_000, points: 360 },
} as const

/** How far back: five minutes, an hour, six hours or a day. */
export type Range = keyof typeof RANGES

/** The ranges, the shortest first. */
export const RANGE_NAMES = Object.keys(RANGES) as readonly Range[]

const EVERY_MS = 1_000
/** A history whose last reading is older than this has stopped. */
const STALE_MS = 10_000

/** Reads the line once a second, keeps the last day in four resolutions, and tells whoever follows. */
export class History {
  readonly #observe: () => LineSnapshots
  readonly #onError: (error: unknown) => void
  readonly #host = new HostMeter()
  readonly #tiers: ReadonlyMap<Range, Tier>
  readonly #transitions = new Transitions()
  readonly #followers = new Set<(reading: Reading) => void>()
  #latest: Reading | undefined
  #lastMs = performance.now()
  #timer: NodeJS.Timeout | undefined

  /** `onError` receives what a reading failed with. The next one is taken all the same. */
  constructor(observe: () => LineSnapshots, onError: (error: unknown) => void) {
    this.#observe = observe
    this.#onError = onError
    this.#tiers = new Map(RANGE_NAMES.map((range) => [range, new Tier({ ...RANGES[range], folds: FOLDS })]))
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#tick(), EVERY_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** The last reading; `undefined` before the first. */
  get latest(): Reading | undefined {
    return this.#latest
  }

  /** Whether readings are still taken. */
  get isFresh(): boolean {
    return performance.now() - this.#lastMs < STALE_MS
  }

  /** The points of `range`. */
  columns(range: Range): Columns {
    return (this.#tiers.get(range) as Tier).columns()
  }

  /** Calls `follower` with every new reading until the returned function is called. */
  follow(follower: (reading: Reading) => void): () => void {
    this.#followers.add(follower)
    return () => void this.#followers.delete(follower)
  }

  /** Takes the state of a circuit at once, as what comes and goes between two readings would not be seen. */
  note({ name, state }: Pick<CircuitBreaker, 'name' | 'state'>): void {
    this.#transitions.note(Date.now(), { kind: 'circuit', name, state })
  }

  /** Boards are there to look at the line: what they can't read must not stop it. */
  #tick(): void {
    try {
      this.take()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** Takes one reading now. */
  take(): void {
    const line = this.#observe()
    this.#transitions.observe(line.at, statesOf(line))
    const reading = readingOf(line, this.#host.read(), this.#transitions.latest)
    // A clock that was set back: points must ascend, so that the charts begin anew.
    const isBack = this.#latest !== undefined && line.at < this.#latest.at - EVERY_MS
    for (const tier of this.#tiers.values()) {
      if (isBack) tier.clear()
      tier.add(line.at, reading.values)
    }
    this.#lastMs = performance.now()
    this.#latest = reading
    for (const follower of this.#followers) follower(reading)
  }
}

/** Everything on the line that is in one state at a time. */
function statesOf(line: LineSnapshots): readonly Stated[] {
  // The circuit that signals meet is one of the chain's as well.
  const others = line.chain.filter((_, index) => index !== (line.settings.downstream_chain ? 2 : 0))
  const circuits = [line.breaker, line.queueBreaker, ...others]
  return [
    { kind: 'lamp', name: 'line', state: lampOf(line).lamp },
    ...circuits.map(({ name, state }) => ({ kind: 'circuit', name, state }) as const),
    { kind: 'downstream', name: 'health check', state: line.watch.status },
    { kind: 'cord', name: 'cord', state: line.board.cord.isPulled ? 'pulled' : 'released' },
    ...line.alerts.map(({ rule, state }) => ({ kind: 'alert', name: rule, state }) as const),
  ]
}
