// What several tests of the limiters need. Nothing that is published imports it.

/** What `promise` rejects with. Handled from the beginning, so that time can be moved before it is looked at. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('should have failed')
}

/** A call that ends when the test says so. */
export function pending<T = string>(): {
  work: () => Promise<T>
  resolve: (value: T) => void
  reject: (error: unknown) => void
} {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  // Nobody may be left to hear of it.
  promise.catch(() => {})
  return { work: () => promise, resolve, reject }
}

/** Random numbers in [0, 1) that are the same at every run. Source: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A server on virtual time and those who always want something from it. */
export interface Simulation {
  /** Who says how many calls may be under way, and is told how they end. */
  readonly limit: {
    readonly limit: number
    success(beganMs: number, endedMs: number, inFlight: number): unknown
    drop(beganMs: number, endedMs: number): unknown
  }
  /** How many calls the server does at once; the others queue in it. */
  readonly servers: number
  /** How long it takes for one, in ms, at a moment. */
  readonly serviceMs: (nowMs: number) => number
  /** How many calls are wanted at once. Default: as many as may be. */
  readonly demand?: (nowMs: number) => number
  /** Longer calls are dropped by their caller. Default: none. */
  readonly timeoutMs?: number
  readonly forMs: number
}

/** What a stretch of a simulation came to. */
export interface Stretch {
  readonly limit: number
  readonly meanLatencyMs: number
  readonly perSecond: number
}

/** Runs it and tells every tenth of its time how it went. */
export function simulate({ limit, servers, serviceMs, demand, timeoutMs, forMs }: Simulation): Stretch[] {
  const queue: { readonly beganMs: number; readonly inFlight: number }[] = []
  let running: { readonly endsMs: number; readonly beganMs: number; readonly inFlight: number }[] = []
  const stretches: Stretch[] = []
  let [nowMs, inFlight, ended, latencySum] = [0, 0, 0, 0]
  const stretchMs = forMs / 10
  while (stretches.length < 10) {
    while (inFlight < Math.min(limit.limit, demand?.(nowMs) ?? Number.POSITIVE_INFINITY)) {
      inFlight++
      queue.push({ beganMs: nowMs, inFlight })
    }
    while (running.length < servers && queue.length > 0) {
      const call = queue.shift()
      if (call) running.push({ ...call, endsMs: nowMs + serviceMs(nowMs) })
    }
    const nextMs = Math.min((stretches.length + 1) * stretchMs, ...running.map(({ endsMs }) => endsMs))
    const done = running.filter(({ endsMs }) => endsMs <= nextMs)
    running = running.filter(({ endsMs }) => endsMs > nextMs)
    nowMs = nextMs
    for (const call of done) {
      inFlight--
      ended++
      latencySum += nowMs - call.beganMs
      if (nowMs - call.beganMs > (timeoutMs ?? Number.POSITIVE_INFINITY)) limit.drop(call.beganMs, nowMs)
      else limit.success(call.beganMs, nowMs, call.inFlight)
    }
    if (nowMs < (stretches.length + 1) * stretchMs) continue
    stretches.push({
      limit: limit.limit,
      meanLatencyMs: latencySum / Math.max(1, ended),
      perSecond: (1000 * ended) / stretchMs,
    })
    ended = latencySum = 0
  }
  return stretches
}
