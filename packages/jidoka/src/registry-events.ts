import type { CircuitBreaker } from './circuit-breaker.ts'

/** A breaker was made for a key. Add its metrics. */
export interface BreakerCreatedEvent {
  readonly key: string
  readonly breaker: CircuitBreaker
}

/** A breaker was given up: the next call for its key gets a new one. Drop its metrics. */
export interface BreakerEvictedEvent {
  readonly key: string
  readonly breaker: CircuitBreaker
}

/** A breaker was closed again, because too large a share of the pool was open. */
export interface BreakerSparedEvent {
  readonly key: string
  /** How many breakers were open, this one included. */
  readonly open: number
  /** How many breakers there were. */
  readonly entries: number
}

/** The registry was full of breakers that have something to remember, and `key` got none that is kept. */
export interface RegistryOverflowEvent {
  readonly key: string
}

/** The events of a `BreakerRegistry`. */
export interface BreakerRegistryEvents {
  create: [event: BreakerCreatedEvent]
  evict: [event: BreakerEvictedEvent]
  spare: [event: BreakerSparedEvent]
  overflow: [event: RegistryOverflowEvent]
}

/** The readings of a registry: plain JSON. */
export interface BreakerRegistrySnapshot {
  readonly name: string
  readonly maxEntries: number
  readonly entries: number
  /** Of them, those that have opened and not closed since. */
  readonly open: number
  readonly totals: {
    readonly created: number
    readonly evicted: number
    readonly spared: number
    readonly overflowed: number
  }
}
