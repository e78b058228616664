import { type Observable, SafeEmitter, checkFunction } from '@tps/internal'
import {
  type DurationClass,
  type DurationClassifierOptions,
  type DurationClassifierSettings,
  durationClassifierSettings,
} from './duration-classifier-options.ts'
import { DurationTable } from './duration-table.ts'
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

/**
 * Learns how long the work of each key takes, and says `fast` or `slow`. Two thresholds apart from each other keep keys
 * from going to and fro (hysteresis). Recording, predicting and classifying are O(1) in the number of keys.
 */
export class DurationClassifier<K> implements Observable<DurationClassifierEvents<K>> {
  readonly name: string
  readonly #settings: DurationClassifierSettings
  readonly #events: SafeEmitter<DurationClassifierEvents<K>>
  readonly #rows: SecondChance<K>
  readonly #table: DurationTable
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
    this.#rows = new SecondChance(this.#settings.maxKeys)
    this.#table = new DurationTable(this.#settings.estimator)
  }

  /** The work of `key` took `ms`, a finite number of 0 or more. Anything else is counted as `invalid`. Never throws. */
  record(key: K, ms: number): void {
    if (!this.#isValid(key, ms)) return
    this.#recorded++
    const row = this.#rowOf(key)
    this.#table.add(row, ms, this.#settings.fastMs)
    this.#judge(key, row)
  }

  /**
   * Work of `key` that is still in progress has taken `ms` already. Above `slowMs` the key is slow at once, and predicted
   * to take at least this until it has recovered; up to there it means nothing. When that work ends, `record` it as well.
   */
  overran(key: K, ms: number): void {
    if (!this.#isValid(key, ms) || ms <= this.#settings.slowMs) return
    this.#overran++
    const row = this.#rowOf(key)
    this.#table.overran(row, ms)
    if (!this.#table.isSlow(row)) this.#move(key, row, 'overran')
  }

  /** How long the work of `key` is expected to take, in ms; `undefined` when too little is known of it. */
  predict(key: K): number | undefined {
    const row = this.#rows.find(key)
    return this.#isKnown(row) ? this.#table.predictedMs(row) : undefined
  }

  classify(key: K): DurationClass {
    const row = this.#rows.find(key)
    if (!this.#isKnown(row)) return this.#settings.unknown
    return this.#table.isSlow(row) ? 'slow' : 'fast'
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
      keys: this.#rows.size,
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

  #rowOf(key: K): number {
    const known = this.#rows.find(key)
    if (known >= 0) return known
    const before = this.#rows.size
    const row = this.#rows.add(key)
    if (this.#rows.size === before) {
      this.#evicted++
      if (this.#table.isSlow(row)) this.#slowKeys--
    }
    this.#table.clear(row)
    return row
  }

  /** Whether it has a class of its own: by enough durations, or because it was seen to be slow. */
  #isKnown(row: number): boolean {
    if (row < 0) return false
    return this.#table.count(row) >= this.#settings.minimumSamples || this.#table.isSlow(row)
  }

  #judge(key: K, row: number): void {
    const { slowMs, fastMs, recovery, minimumSamples } = this.#settings
    const table = this.#table
    if (table.count(row) < minimumSamples) return
    const expectedMs = table.expectedMs(row)
    if (table.isSlow(row) ? expectedMs <= fastMs && table.quick(row) >= recovery : expectedMs > slowMs)
      this.#move(key, row, 'predicted')
  }

  /** To the other class. */
  #move(key: K, row: number, because: 'predicted' | 'overran'): void {
    const to = this.#table.isSlow(row) ? 'fast' : 'slow'
    this.#table.setSlow(row, to === 'slow')
    if (to === 'slow') {
      this.#slowKeys++
      this.#demoted++
    } else {
      this.#slowKeys--
      this.#promoted++
    }
    if (!this.#events.has('reclassify')) return
    this.#events.emit('reclassify', { key, to, because, predictedMs: this.#table.predictedMs(row) })
  }
}
