import {
  type Clock,
  type Observable,
  checkInteger,
  checkName,
  checkNumber,
  checkObject,
  checkOneOf,
  systemClock,
} from '@tps/internal'
import { CircuitBreaker } from './circuit-breaker.ts'
import { Emitting, type EmittingOptions } from './emitting.ts'
import { Line, type Place } from './line.ts'
import type { CircuitBreakerOptions } from './options.ts'
import type { BreakerRegistryEvents, BreakerRegistrySnapshot } from './registry-events.ts'
import { RegistryFullError } from './registry-full-error.ts'

/** What a `BreakerRegistry` is made with. */
export interface BreakerRegistryOptions extends EmittingOptions {
  /**
   * The options of each breaker, or what makes them for a key. Unless they say otherwise, a breaker is called after the
   * registry and its key, and has the registry's clock and `onListenerError`.
   */
  readonly breaker?: CircuitBreakerOptions | ((key: string) => CircuitBreakerOptions) | undefined
  /** How many breakers are kept at most. From 1. Default 1,000. */
  readonly maxEntries?: number | undefined
  /** A closed breaker that nobody has asked for in this many ms is given up. Above 0. Default 600,000. */
  readonly idleMs?: number | undefined
  /**
   * What a new key gets when `maxEntries` breakers are kept and none of those looked at can be given up: `untracked`, a
   * breaker that isn't kept, so that its calls are made but never add up; or `reject`, a `RegistryFullError`.
   * Default `untracked`.
   */
  readonly overflow?: 'untracked' | 'reject' | undefined
  /**
   * The largest share of the breakers that may be open at once, for keys that can stand in for each other, such as the
   * hosts of a pool. One that opens beyond it is closed again (`reset`) when it is next asked for; one may always be
   * open. What is held open by `forceOpen` doesn't count. In (0, 1]. Default 1: all of them.
   */
  readonly maxOpenRatio?: number | undefined
  /** The source of time. Default the monotonic clock of the platform. */
  readonly clock?: Clock | undefined
}

/** A breaker in the registry. */
interface Entry {
  readonly key: string
  readonly breaker: CircuitBreaker
  /** When it was last asked for, or last found to be one that has to stay. */
  seenMs: number
  /** It opened when too many were open already. */
  isBeyond: boolean
}

/** How many of the least recently used ones are looked at for one call, so that a call stays O(1). */
const LOOKS = 8

/**
 * One circuit breaker for each key, such as an origin or a tenant. Made when asked for, and bounded: a breaker is given
 * up when it is closed and idle, or, to make room, when it is closed and has nothing to remember. One that is open is
 * never given up, nor one that has failures in its window while it is in use. Ask for a key's breaker at each call
 * instead of keeping it. O(1); without a timer: what is due happens when a breaker is asked for.
 */
export class BreakerRegistry extends Emitting<BreakerRegistryEvents> implements Observable<BreakerRegistryEvents> {
  readonly #optionsFor: (key: string) => CircuitBreakerOptions
  readonly #maxEntries: number
  readonly #idleMs: number
  readonly #overflow: 'untracked' | 'reject'
  readonly #maxOpenRatio: number
  readonly #clock: Clock
  readonly #entries = new Map<string, Place<Entry>>()
  /** Least recently used first. Deleting a key of the map and setting it again would cost O(n): V8 keeps what was deleted. */
  readonly #line = new Line<Entry>()
  readonly #open = new Set<string>()
  #created = 0
  #evicted = 0
  #spared = 0
  #overflowed = 0

  /** @throws TypeError or RangeError that names the option which is wrong. */
  constructor(options: BreakerRegistryOptions = {}) {
    super(checkObject('options', options), 'circuit-breakers')
    const { breaker = {}, maxEntries = 1_000, idleMs = 600_000, overflow = 'untracked', maxOpenRatio = 1 } = options
    const { clock = systemClock, onListenerError } = options
    this.#clock = checkObject('clock', clock, ['now'])
    this.#maxEntries = checkInteger('maxEntries', maxEntries, { min: 1 })
    this.#idleMs = checkNumber('idleMs', idleMs, { above: 0 })
    this.#overflow = checkOneOf('overflow', overflow, ['untracked', 'reject'])
    this.#maxOpenRatio = checkNumber('maxOpenRatio', maxOpenRatio, { above: 0, max: 1 })
    const complete = (own: CircuitBreakerOptions, name: string): CircuitBreakerOptions => ({
      ...own,
      name,
      clock: own.clock ?? clock,
      onListenerError: own.onListenerError ?? onListenerError,
    })
    if (typeof breaker === 'function') {
      this.#optionsFor = (key) => {
        const own = breaker(key)
        return complete(own, own.name ?? `${this.name} ${key}`)
      }
    } else {
      const own = { ...checkObject('breaker', breaker) }
      this.#optionsFor = (key) => complete(own, `${own.name ?? this.name} ${key}`)
      // One is made now, so that a wrong option doesn't wait for the first key.
      void new CircuitBreaker(this.#optionsFor('any'))
    }
  }

  /** How many breakers are kept. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * The breaker of `key`, which is made if there is none.
   * @throws RegistryFullError when there is no room and `overflow` is `reject`.
   */
  get(key: string): CircuitBreaker {
    const now = this.#clock.now()
    const place = this.#entries.get(key)
    if (!place) {
      this.#makeRoom(now)
      return this.#create(checkName('key', key), now)
    }
    const entry = place.value
    entry.seenMs = now
    this.#line.rejoin(place)
    this.#evictIdle(now, 1)
    if (entry.isBeyond) this.#spare(entry)
    return entry.breaker
  }

  /** The breaker of `key` if there is one. Leaves everything as it is. */
  peek(key: string): CircuitBreaker | undefined {
    return this.#entries.get(key)?.value.breaker
  }

  /** Gives up the breaker of `key`, whatever its state. Returns whether there was one. */
  delete(key: string): boolean {
    const place = this.#entries.get(key)
    if (place) this.#evict(place)
    return place !== undefined
  }

  /** The keys and their breakers, least recently used first. */
  *entries(): Generator<[key: string, breaker: CircuitBreaker], void, undefined> {
    for (const { key, breaker } of this.#line) yield [key, breaker]
  }

  [Symbol.iterator](): Generator<[key: string, breaker: CircuitBreaker], void, undefined> {
    return this.entries()
  }

  snapshot(): BreakerRegistrySnapshot {
    return {
      name: this.name,
      maxEntries: this.#maxEntries,
      entries: this.#entries.size,
      open: this.#open.size,
      totals: {
        created: this.#created,
        evicted: this.#evicted,
        spared: this.#spared,
        overflowed: this.#overflowed,
      },
    }
  }

  #create(key: string, nowMs: number): CircuitBreaker {
    const breaker = new CircuitBreaker(this.#optionsFor(key))
    if (this.#entries.size >= this.#maxEntries) {
      this.#overflowed++
      if (this.isHeard('overflow')) this.emit('overflow', { key })
      if (this.#overflow === 'reject') throw new RegistryFullError(this.name, key)
      return breaker
    }
    const place = this.#line.join({ key, breaker, seenMs: nowMs, isBeyond: false })
    this.#entries.set(key, place)
    this.#created++
    breaker.on('open', () => this.#opened(place))
    breaker.on('close', () => this.#closed(place))
    if (this.isHeard('create')) this.emit('create', { key, breaker })
    return breaker
  }

  #opened(place: Place<Entry>): void {
    const { key } = place.value
    // A breaker that was given up may still be in somebody's hands.
    if (this.#entries.get(key) !== place) return
    place.value.isBeyond = !this.#open.has(key) && this.#open.size >= this.#mostOpen
    this.#open.add(key)
  }

  #closed(place: Place<Entry>): void {
    place.value.isBeyond = false
    if (this.#entries.get(place.value.key) === place) this.#open.delete(place.value.key)
  }

  get #mostOpen(): number {
    return Math.max(1, Math.floor(this.#maxOpenRatio * this.#entries.size))
  }

  /** Closes again what opened beyond the share, unless others have closed since. */
  #spare(entry: Entry): void {
    entry.isBeyond = false
    if (this.#open.size <= this.#mostOpen) return
    const event = { key: entry.key, open: this.#open.size, entries: this.#entries.size }
    this.#spared++
    entry.breaker.reset()
    if (this.isHeard('spare')) this.emit('spare', event)
  }

  #makeRoom(nowMs: number): void {
    this.#evictIdle(nowMs, LOOKS)
    if (this.#entries.size < this.#maxEntries) return
    for (let look = 0; look < LOOKS; look++) {
      const place = this.#line.first
      if (!place) return
      if (hasNothingToRemember(place.value.breaker)) {
        this.#evict(place)
        return
      }
      this.#line.rejoin(place)
    }
  }

  /** Gives up to `looks` of the least recently used ones up, as far as they are idle. */
  #evictIdle(nowMs: number, looks: number): void {
    for (let look = 0; look < looks; look++) {
      const place = this.#line.first
      if (!place || nowMs - place.value.seenMs < this.#idleMs) return
      if (place.value.breaker.state === 'closed') {
        this.#evict(place)
      } else {
        // Looked at again when it has been idle for as long once more.
        place.value.seenMs = nowMs
        this.#line.rejoin(place)
      }
    }
  }

  #evict(place: Place<Entry>): void {
    const { key, breaker } = place.value
    this.#entries.delete(key)
    this.#line.leave(place)
    this.#open.delete(key)
    this.#evicted++
    if (this.isHeard('evict')) this.emit('evict', { key, breaker })
  }
}

/** Whether a new one would be as good. */
function hasNothingToRemember(breaker: CircuitBreaker): boolean {
  if (breaker.state !== 'closed') return false
  const { window, consecutiveFailures, openings } = breaker.snapshot()
  return window.failed === 0 && window.slow === 0 && consecutiveFailures === 0 && openings === 0
}
