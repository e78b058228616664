import { type Observable, SafeEmitter } from '@tps/internal'
import { Counts } from './counts.ts'
import type { TrackerMapEvents } from './events.ts'
import type { OpenCounts } from './open-counts.ts'
import { type TrackerMapOptions, type TrackerMeasure, checkKeys, checkTracker } from './options.ts'
import { optionsOf } from './parts.ts'
import { PercentileTracker } from './percentile-tracker.ts'
import type { PercentileSnapshot } from './snapshot.ts'
import { timed } from './timed.ts'

/** Readings of a `TrackerMap`. Those of its keys are not in it: there may be very many. */
export interface TrackerMapSnapshot {
  readonly name: string
  /** How far back the trackers look, in ms; `null` when nothing is forgotten. */
  readonly windowMs: number | null
  /** How many keys there are. */
  readonly keys: number
  readonly maxKeys: number
  /** Keys that had to go for others, since it was made. */
  readonly evicted: number
  /** Values that went to `other` because there was no room for their key, since it was made. */
  readonly overflowed: number
  /** Readings of `other`; `null` while it holds nothing. */
  readonly other: PercentileSnapshot | null
}

interface Entry<K> {
  readonly key: K
  readonly tracker: PercentileTracker
  /** `open.isUsed`: whether something was recorded since the hand last passed, not counting what made the entry. */
  readonly counts: Counts
  /** Its place in the ring. */
  place: number
}

/**
 * A tracker for each key (route, tenant, host), for no more than `maxKeys` of them.
 *
 * Recording looks the key up once and is O(1), however many keys there are. At the bound, with `overflow: 'evict'`, a key
 * goes that was not recorded for for long: the keys stand in a ring with a hand, and the hand takes the first that was
 * not used since it last passed (the second-chance algorithm: Corbató, A paging experiment with the Multics system,
 * 1968). Passing is paid for by the records that went before, so this is O(1) as well, on average. With
 * `overflow: 'other'`, first come first served: the values of further keys go to one tracker for all of them.
 */
export class TrackerMap<K = string> implements Observable<TrackerMapEvents<K>> {
  readonly name: string
  /** How far back the trackers look, in ms; `undefined` when nothing is forgotten. */
  readonly windowMs: number | undefined
  readonly maxKeys: number
  /** Where the values of keys go that there is no room for. Empty with `overflow: 'evict'`. */
  readonly other: PercentileTracker
  readonly #measure: TrackerMeasure
  readonly #maxBuckets: number | undefined
  readonly #evicts: boolean
  /**
   * The open counts of each key, with its `Entry` as their owner. What leads to them instead of to the entry is one
   * object less to go through.
   */
  readonly #counts = new Map<K, OpenCounts>()
  readonly #ring: Entry<K>[] = []
  #hand = 0
  #evicted = 0
  #overflowed = 0
  #emitter: SafeEmitter<TrackerMapEvents<K>> | undefined

  /** @throws TypeError or RangeError when an option is not what it must be. */
  constructor(options: TrackerMapOptions = {}) {
    const { name = 'trackers' } = options
    const { maxKeys, overflow } = checkKeys(options)
    this.#measure = checkTracker(name, options)
    this.name = name
    this.windowMs = this.#measure.windowMs
    this.maxKeys = maxKeys
    this.#evicts = overflow === 'evict'
    this.#maxBuckets = options.maxBuckets
    this.other = this.#newTracker(`${name} other`, new Counts())
  }

  /** How many keys there are. */
  get size(): number {
    return this.#ring.length
  }

  /** Counts one value for `key`. Never throws. `now` as in `PercentileTracker.record`. */
  record(key: K, value: number, now?: number): void {
    const counts = this.#counts.get(key)
    if (counts === undefined) {
      this.#admit(key).record(value, now)
      return
    }
    counts.isUsed = true
    if (counts.count(value, now)) return
    const entry = this.#entryOf(counts)
    if (!entry.counts.count(value, now)) entry.tracker.record(value, now)
  }

  /** Calls `work` and records for `key` how long it took in ms, as `PercentileTracker.time`. */
  time<T>(key: K, work: () => PromiseLike<T>): Promise<T>
  time<T>(key: K, work: () => T): T
  time<T>(key: K, work: () => T | PromiseLike<T>): T | Promise<T> {
    return timed(this.#measure.clock, work, (ms, now) => this.record(key, ms, now))
  }

  /** The tracker of `key`; `undefined` when there is none. Looking is no use: it keeps no key from being evicted. */
  get(key: K): PercentileTracker | undefined {
    const counts = this.#counts.get(key)
    return counts && this.#entryOf(counts).tracker
  }

  has(key: K): boolean {
    return this.#counts.has(key)
  }

  /** The keys, in the order in which they came. */
  keys(): IterableIterator<K> {
    return this.#counts.keys()
  }

  /** The keys with their trackers, in the order in which they came. */
  *entries(): Generator<readonly [key: K, tracker: PercentileTracker], void, undefined> {
    for (const [key, counts] of this.#counts) yield [key, this.#entryOf(counts).tracker]
  }

  /** Takes a key away, and makes room for another. Says whether it was there. */
  delete(key: K): boolean {
    const counts = this.#counts.get(key)
    if (counts === undefined) return false
    this.#counts.delete(key)
    const entry = this.#entryOf(counts)
    const last = this.#ring.pop() as Entry<K>
    if (last !== entry) this.#put(last, entry.place)
    return true
  }

  /** Everything together, `other` included, as a tracker without a window. O(keys). */
  total(): PercentileTracker {
    const total = new PercentileTracker({ name: this.name, maxBuckets: this.#maxBuckets })
    for (const { tracker } of this.#ring) total.merge(tracker)
    return total.merge(this.other)
  }

  /** Forgets all keys and what was recorded. */
  reset(): void {
    this.#counts.clear()
    this.#ring.length = 0
    this.#hand = 0
    this.other.reset()
  }

  /** How many keys there are and what happened at the bound, as plain JSON. */
  snapshot(): TrackerMapSnapshot {
    const other = this.other.snapshot()
    return {
      name: this.name,
      windowMs: this.windowMs ?? null,
      keys: this.size,
      maxKeys: this.maxKeys,
      evicted: this.#evicted,
      overflowed: this.#overflowed,
      other: other.count > 0 || other.invalid > 0 ? other : null,
    }
  }

  on<E extends keyof TrackerMapEvents<K>>(event: E, listener: (...args: TrackerMapEvents<K>[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#measure.onListenerError)
    return this.#emitter.on(event, listener)
  }

  /** The tracker that a new key's values go to. */
  #admit(key: K): PercentileTracker {
    const isFull = this.#ring.length >= this.maxKeys
    if (isFull && !this.#evicts) {
      this.#overflowed++
      if (this.#emitter?.has('overflow')) this.#emitter.emit('overflow', { key })
      return this.other
    }
    const counts = new Counts()
    const tracker = this.#newTracker(nameOf(key) || this.name, counts)
    const entry = { key, tracker, counts, place: 0 }
    counts.open.owner = entry
    const gone = isFull ? this.#choose() : undefined
    this.#put(entry, gone?.place ?? this.#ring.length)
    this.#counts.set(key, counts.open)
    if (gone) {
      this.#counts.delete(gone.key)
      this.#evicted++
      if (this.#emitter?.has('evict')) this.#emitter.emit('evict', { key: gone.key, tracker: gone.tracker })
    }
    return tracker
  }

  /** The entry that has to go. */
  #choose(): Entry<K> {
    for (;;) {
      if (this.#hand >= this.#ring.length) this.#hand = 0
      const entry = this.#ring[this.#hand++] as Entry<K>
      if (!entry.counts.open.isUsed) return entry
      entry.counts.open.isUsed = false
    }
  }

  #put(entry: Entry<K>, place: number): void {
    entry.place = place
    this.#ring[place] = entry
  }

  #entryOf(counts: OpenCounts): Entry<K> {
    return counts.owner as Entry<K>
  }

  #newTracker(name: string, counts: Counts): PercentileTracker {
    return new PercentileTracker(optionsOf(name, { measure: this.#measure, counts }))
  }
}

function nameOf(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? `${key}` : ''
}
