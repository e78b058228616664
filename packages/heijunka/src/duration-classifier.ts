import { type Observable, SafeEmitter, checkFunction } from '@tps/internal'
import {
  type DurationClass,
  type DurationClassifierOptions,
  type DurationClassifierSettings,
  durationClassifierSettings,
} from './duration-classifier-options.ts'
import type { DurationEstimate } from './duration-estimate.ts'
import type { ItemClassifier } from './item-classifier.ts'
import { SecondChance } from './second-chance.ts'

/** What a `DurationClassifier` emits. */
export interface DurationClassifierEvents<K> {
  /** A key's class has changed. */
  reclassify: [event: Reclassification<K>]
  /** A duration was no finite number of 0 or more. It was not recorded. */
  invalid: [event: { readonly key: K; readonly ms: number }]
}

/** The change of a key's class. */
export interface Reclassification<K> {
  readonly key: K
  readonly to: DurationClass
  /** By what it is predicted to take, or because it was seen to take longer than a fast one may. */
  readonly because: 'predicted' | 'overran'
  /** How long it is predicted to take now, in ms. */
  readonly predictedMs: number
}

/** The readings of a `DurationClassifier` at one moment: plain JSON. */
export interface DurationClassifierSnapshot {
  readonly name: string
  readonly slowMs: number
  readonly fastMs: number
  /** How many keys it keeps. */
  readonly keys: number
  readonly maxKeys: number
  /** Of them, how many are slow. */
  readonly slowKeys: number
  /** Since the start: durations recorded, of fast work that overran, and such that were no durations. */
  readonly recorded: number
  readonly overran: number
  readonly invalid: number
  /** Since the start: how often a key became slow, and fast again. */
  readonly demoted: number
  readonly promoted: number
  /** Since the start: how many keys had to make room for others. */
  readonly evicted: number
}

/** What is known of a key. */
interface Track {
  readonly estimate: DurationEstimate
  isSlow: boolean
  /** How many of at most `fastMs` came in a row. */
  quick: number
  /** What it took at the least when it was seen to overrun, until it is fast again. */
  atLeastMs: number
}

/**
 * Learns how long the work of each key takes, and says `fast` or `slow`. Two thresholds apart from each other keep keys
 * from going to and fro (hysteresis). Recording, predicting and classifying are O(1) in the number of keys.
 */
export class DurationClassifier<K> implements Observable<DurationClassifierEvents<K>> {
  readonly name: string
  readonly #settings: DurationClassifierSettings
  readonly #events: SafeEmitter<DurationClassifierEvents<K>>
  readonly #tracks: SecondChance<K, Track>
  #slowKeys = 0
  #recorded = 0
  #overran = 0
  #invalid = 0
  #demoted = 0
  #promoted = 0
  #evicted = 0

  /** @throws TypeError or RangeError when an option is wrong. */
  constructor(options: DurationClassifierOptions) {
    this.#settings = durationClassifierSettings(options)
    this.name = this.#settings.name
    this.#events = new SafeEmitter(this.#settings.onListenerError)
    this.#tracks = new SecondChance(this.#settings.maxKeys)
  }

  /** The work of `key` took `ms`, a finite number of 0 or more. Anything else is counted as `invalid`. Never throws. */
  record(key: K, ms: number): void {
    if (!this.#isValid(key, ms)) return
    this.#recorded++
    const track = this.#trackOf(key)
    track.estimate.add(ms)
    track.quick = ms <= this.#settings.fastMs ? track.quick + 1 : 0
    this.#judge(key, track)
  }

  /**
   * Work of `key` that is still in progress has taken `ms` already. Above `slowMs` the key is slow at once, and predicted
   * to take at least this until it has recovered; up to there it means nothing. When that work ends, `record` it as well.
   */
  overran(key: K, ms: number): void {
    if (!this.#isValid(key, ms) || ms <= this.#settings.slowMs) return
    this.#overran++
    const track = this.#trackOf(key)
    track.quick = 0
    track.atLeastMs = Math.max(track.atLeastMs, ms)
    if (!track.isSlow) this.#move(key, track, 'overran')
  }

  /** How long the work of `key` is expected to take, in ms; `undefined` when too little is known of it. */
  predict(key: K): number | undefined {
    const track = this.#tracks.get(key)
    return track && this.#isKnown(track) ? predictedMs(track) : undefined
  }

  classify(key: K): DurationClass {
    const track = this.#tracks.get(key)
    if (!track || !this.#isKnown(track)) return this.#settings.unknown
    return track.isSlow ? 'slow' : 'fast'
  }

  /** The same for items that have such a key: what the option `classify` of a `LoadLeveler` takes. */
  by<T>(keyOf: (item: T) => K): Required<ItemClassifier<T>> {
    checkFunction('keyOf', keyOf)
    return {
      slowMs: this.#settings.slowMs,
      classify: (item) => this.classify(keyOf(item)),
      predict: (item) => this.predict(keyOf(item)),
      record: (item, ms) => this.record(keyOf(item), ms),
      overran: (item, ms) => this.overran(keyOf(item), ms),
    }
  }

  on<E extends keyof DurationClassifierEvents<K>>(
    event: E,
    listener: (...args: DurationClassifierEvents<K>[E]) => void,
  ): () => void {
    return this.#events.on(event, listener)
  }

  snapshot(): DurationClassifierSnapshot {
    const { slowMs, fastMs, maxKeys } = this.#settings
    return {
      name: this.name,
      slowMs,
      fastMs,
      keys: this.#tracks.size,
      maxKeys,
      slowKeys: this.#slowKeys,
      recorded: this.#recorded,
      overran: this.#overran,
      invalid: this.#invalid,
      demoted: this.#demoted,
      promoted: this.#promoted,
      evicted: this.#evicted,
    }
  }

  #isValid(key: K, ms: number): boolean {
    if (Number.isFinite(ms) && ms >= 0) return true
    this.#invalid++
    if (this.#events.has('invalid')) this.#events.emit('invalid', { key, ms })
    return false
  }

  #trackOf(key: K): Track {
    const known = this.#tracks.get(key)
    if (known) return known
    const track = { estimate: this.#settings.estimate(), isSlow: false, quick: 0, atLeastMs: 0 }
    const evicted = this.#tracks.add(key, track)
    if (!evicted) return track
    this.#evicted++
    if (evicted.isSlow) this.#slowKeys--
    return track
  }

  /** Whether it has a class of its own: by enough durations, or because it was seen to be slow. */
  #isKnown({ estimate, isSlow }: Track): boolean {
    return isSlow || estimate.count >= this.#settings.minimumSamples
  }

  #judge(key: K, track: Track): void {
    const { slowMs, fastMs, recovery, minimumSamples } = this.#settings
    const { estimate } = track
    if (estimate.count < minimumSamples) return
    if (track.isSlow ? estimate.ms <= fastMs && track.quick >= recovery : estimate.ms > slowMs)
      this.#move(key, track, 'predicted')
  }

  /** To the other class. */
  #move(key: K, track: Track, because: 'predicted' | 'overran'): void {
    track.isSlow = !track.isSlow
    if (track.isSlow) {
      this.#slowKeys++
      this.#demoted++
    } else {
      track.atLeastMs = 0
      this.#slowKeys--
      this.#promoted++
    }
    if (!this.#events.has('reclassify')) return
    const to = track.isSlow ? 'slow' : 'fast'
    this.#events.emit('reclassify', { key, to, because, predictedMs: predictedMs(track) })
  }
}

function predictedMs({ estimate, atLeastMs }: Track): number {
  return Math.max(estimate.count === 0 ? 0 : estimate.ms, atLeastMs)
}
