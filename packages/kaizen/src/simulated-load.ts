/** A service for tests and pictures: what its latency is made of is known, and the same seed gives the same again. */
export interface SimulatedService {
  /** Requests in a second, on average. */
  readonly perSecond: number
  /** How long load remembers, in seconds: correlation falls to 1/e. */
  readonly memorySeconds: number
  /** Standard deviation of the logarithm of the load. */
  readonly loadSpread: number
  /** Standard deviation of the logarithm of a single latency. */
  readonly noise: number
  readonly seed: number
}

/** One request: when it ended, in ms, and how long it took. */
export interface SimulatedRequest {
  readonly atMs: number
  readonly ms: number
}

/** xorshift32: uniform in (0, 1). */
export function randomFrom(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) | 1
  const next = (): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return ((state >>> 0) + 0.5) / 2 ** 32
  }
  // Neighbouring seeds are alike at first.
  for (let skipped = 0; skipped < 20; skipped++) next()
  return next
}

/** Standard normal, by Box and Muller. */
export function normalFrom(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
}

/**
 * Latencies of `seconds`, log-normal around a load that wanders as an autoregressive process of first order, ten steps a
 * second. `factor` is what a change does to a request at a moment.
 */
export function* simulate(
  { perSecond, memorySeconds, loadSpread, noise, seed }: SimulatedService,
  seconds: number,
  factor: (atMs: number) => number = () => 1,
): Generator<SimulatedRequest, void, undefined> {
  const random = randomFrom(seed)
  const memory = Math.exp(-0.1 / memorySeconds)
  const step = loadSpread * Math.sqrt(1 - memory * memory)
  let load = loadSpread * normalFrom(random)
  const requests = perSecond / 10
  for (let tenth = 0; tenth < seconds * 10; tenth++) {
    load = memory * load + step * normalFrom(random)
    const count = Math.floor(requests) + (random() < requests % 1 ? 1 : 0)
    for (let index = 0; index < count; index++) {
      const atMs = tenth * 100 + (100 * (index + 0.5)) / count
      yield { atMs, ms: 20 * Math.exp(load + noise * normalFrom(random)) * factor(atMs) }
    }
  }
}
