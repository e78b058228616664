import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CircuitBreaker, CircuitOpenError, type CircuitBreakerOptions, type Hold } from './index.ts'

type End = 'success' | 'failure' | 'ignore'

/** What the rules are, with every default written out. */
interface Settings {
  readonly window: { kind: 'time'; ms: number } | { kind: 'count'; calls: number }
  readonly consecutiveFailures: number
  readonly failureRatio: number
  readonly slowRatio: number
  readonly slowCallMs: number
  readonly minimumCalls: number
  readonly break: { readonly ms: number; readonly factor: number; readonly maxMs: number }
  readonly probe: { readonly calls: number; readonly successRatio: number; readonly maxWaitMs: number }
}

interface ModelCall {
  readonly startMs: number
  readonly generation: number
  isProbe: boolean
  isOver: boolean
}

/** A breaker as one would write it without a thought of cost: it lives through every ms and keeps every outcome. */
class Model {
  now = 0
  state: 'closed' | 'open' | 'half-open' = 'closed'
  generation = 0
  sinceMs = 0
  untilMs = 0
  openings = 0
  streak = 0
  holds = 0
  log: { atMs: number; failed: boolean; slow: boolean }[] = []
  probes: ModelCall[] = []
  probeEnds: boolean[] = []
  changes: string[] = []
  totals = { success: 0, failure: 0, ignored: 0, slow: 0, late: 0, rejected: 0 }
  readonly settings: Settings

  constructor(settings: Settings) {
    this.settings = settings
  }

  advance(ms: number): void {
    for (let passed = 0; passed < ms; passed++) {
      this.now++
      const { maxWaitMs } = this.settings.probe
      for (const probe of this.probes.filter(({ startMs }) => this.now >= startMs + maxWaitMs)) {
        if (this.state !== 'half-open') break
        this.probes.splice(this.probes.indexOf(probe), 1)
        this.endProbe(false)
      }
      if (this.state === 'open' && this.now >= this.untilMs) this.become('half-open')
    }
  }

  admit(): ModelCall | undefined {
    const isProbe = this.state === 'half-open'
    const full = this.probes.length + this.probeEnds.length >= this.settings.probe.calls
    if (this.holds > 0 || this.state === 'open' || (isProbe && full)) {
      this.totals.rejected++
      return undefined
    }
    const call: ModelCall = { startMs: this.now, generation: this.generation, isProbe, isOver: false }
    if (isProbe) this.probes.push(call)
    return call
  }

  settle(call: ModelCall, end: End): void {
    const slow = end !== 'ignore' && this.now - call.startMs >= this.settings.slowCallMs
    this.totals[end === 'ignore' ? 'ignored' : end]++
    if (slow) this.totals.slow++
    if (call.generation !== this.generation || (call.isProbe && !this.probes.includes(call))) this.totals.late++
    else if (call.isProbe) this.settleProbe(call, end, slow)
    else if (end !== 'ignore') this.settleClosed(end === 'failure', slow)
  }

  reset(): void {
    this.become('closed')
    this.openings = 0
  }

  settleProbe(probe: ModelCall, end: End, slow: boolean): void {
    this.probes.splice(this.probes.indexOf(probe), 1)
    if (end === 'ignore') return
    const failed = end === 'failure' || (slow && this.settings.slowRatio <= 1)
    this.streak = failed ? this.streak + 1 : 0
    this.endProbe(!failed)
  }

  endProbe(succeeded: boolean): void {
    this.probeEnds.push(succeeded)
    const { calls, successRatio } = this.settings.probe
    const successes = this.probeEnds.filter(Boolean).length
    const reachable = calls - (this.probeEnds.length - successes)
    if (successes / calls >= successRatio) this.become('closed')
    else if (reachable / calls < successRatio) this.open()
  }

  settleClosed(failed: boolean, slow: boolean): void {
    if (this.isWhole()) this.openings = 0
    this.log.push({ atMs: this.now, failed, slow })
    this.streak = failed ? this.streak + 1 : 0
    const { consecutiveFailures, failureRatio, slowRatio, minimumCalls } = this.settings
    const kept = this.kept()
    const share = (count: number): number => count / kept.length
    const enough = kept.length >= minimumCalls
    const tooManyFailed = enough && share(kept.filter((one) => one.failed).length) >= failureRatio
    const tooManySlow = enough && share(kept.filter((one) => one.slow).length) >= slowRatio
    if (this.streak >= consecutiveFailures || tooManyFailed || tooManySlow) this.open()
  }

  open(): void {
    const { ms, factor, maxMs } = this.settings.break
    this.openings++
    this.untilMs = this.now + Math.min(maxMs, ms * factor ** (this.openings - 1))
    this.become('open')
  }

  become(state: 'closed' | 'open' | 'half-open'): void {
    if (state !== this.state) this.changes.push(state)
    this.state = state
    this.generation++
    this.sinceMs = this.now
    this.probes = []
    this.probeEnds = []
    if (state !== 'closed') return
    this.streak = 0
    this.log = []
  }

  /** The outcomes that the window reaches back to. */
  kept(): { failed: boolean; slow: boolean }[] {
    const { window } = this.settings
    if (window.kind === 'count') return this.log.slice(-window.calls)
    const slotOf = (atMs: number): number => Math.floor(atMs / (window.ms / 10))
    return this.log.filter(({ atMs }) => slotOf(atMs) > slotOf(this.now) - 10)
  }

  isWhole(): boolean {
    const { window } = this.settings
    return window.kind === 'count' ? this.log.length >= window.calls : this.now - this.sinceMs >= window.ms
  }

  retryAfterMs(): number | null {
    if (this.holds > 0) return null
    if (this.state === 'open') return Math.ceil(this.untilMs - this.now)
    if (this.probes.length + this.probeEnds.length < this.settings.probe.calls || this.state === 'closed') return 0
    return Math.min(...this.probes.map(({ startMs }) => startMs)) + this.settings.probe.maxWaitMs - this.now
  }

  /** What a snapshot has to say. */
  read(): object {
    const kept = this.kept()
    const failed = kept.filter((one) => one.failed).length
    const slow = kept.filter((one) => one.slow).length
    const share = (count: number): number => (kept.length === 0 ? 0 : count / kept.length)
    return {
      state: this.holds > 0 ? 'forced-open' : this.state,
      stateForMs: this.now - this.sinceMs,
      consecutiveFailures: this.streak,
      window: { completed: kept.length, failed, slow, failureRatio: share(failed), slowRatio: share(slow) },
      totals: this.totals,
      openings: this.state === 'closed' && this.isWhole() ? 0 : this.openings,
      probes: {
        running: this.probes.length,
        succeeded: this.probeEnds.filter(Boolean).length,
        failed: this.probeEnds.filter((succeeded) => !succeeded).length,
      },
      retryAfterMs: this.retryAfterMs(),
      nextProbeAt: this.state === 'open' ? this.untilMs : null,
    }
  }
}

/** The breaker under test, with the calls that have been admitted; the model's calls have the same positions. */
class Real {
  readonly clock = new ManualClock()
  readonly breaker: CircuitBreaker
  readonly ends: ((end: End) => void | Promise<void>)[] = []
  readonly holds: Hold[] = []
  readonly changes: string[] = []

  constructor({ window, break: pause, probe, ...trip }: Settings) {
    const rules = Object.entries(trip).filter(([, value]) => value !== Infinity)
    const options: CircuitBreakerOptions = { window, trip: Object.fromEntries(rules), break: pause, probe }
    this.breaker = new CircuitBreaker({ ...options, clock: this.clock })
    this.breaker.on('open', () => this.changes.push('open'))
    this.breaker.on('halfOpen', () => this.changes.push('half-open'))
    this.breaker.on('close', () => this.changes.push('closed'))
  }
}

type Command = fc.AsyncCommand<{ model: Model; calls: ModelCall[] }, Real>

function agree(model: Model, real: Real): void {
  expect(real.breaker.snapshot()).toMatchObject(model.read())
  expect(real.breaker.state).toBe(model.holds > 0 ? 'forced-open' : model.state)
}

/** Admits a call, or has it refused, through either door. Every change up to now must have been told of after it. */
class Call implements Command {
  readonly door: 'execute' | 'tryAcquire'
  constructor(door: 'execute' | 'tryAcquire') {
    this.door = door
  }
  check = (): boolean => true
  async run({ model, calls }: { model: Model; calls: ModelCall[] }, real: Real): Promise<void> {
    const isHeld = model.holds > 0
    const retryAfterMs = model.retryAfterMs() ?? undefined
    const call = model.admit()
    if (call) calls.push(call)
    if (this.door === 'execute') await this.execute(real, call !== undefined, retryAfterMs)
    else this.acquire(real, call !== undefined)
    if (!isHeld) expect(real.changes).toEqual(model.changes)
    agree(model, real)
  }
  acquire(real: Real, isAdmitted: boolean): void {
    const permit = real.breaker.tryAcquire()
    expect(permit !== undefined).toBe(isAdmitted)
    if (permit) real.ends.push((end) => permit[end]())
  }
  async execute(real: Real, isAdmitted: boolean, retryAfterMs: number | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const abort = new AbortController()
    const call = real.breaker.execute(() => promise, { signal: abort.signal })
    if (!isAdmitted) {
      await expect(call).rejects.toBeInstanceOf(CircuitOpenError)
      await expect(call).rejects.toMatchObject({ retryAfterMs })
      return
    }
    real.ends.push(async (end) => {
      if (end === 'ignore') abort.abort()
      if (end === 'success') resolve()
      else reject(new Error(end))
      await call.catch(() => {})
    })
  }
  toString = (): string => this.door
}

class Settle implements Command {
  readonly index: number
  readonly end: End
  constructor(index: number, end: End) {
    this.index = index
    this.end = end
  }
  check = ({ calls }: { calls: ModelCall[] }): boolean => calls.some(({ isOver }) => !isOver)
  async run({ model, calls }: { model: Model; calls: ModelCall[] }, real: Real): Promise<void> {
    const running = calls.filter(({ isOver }) => !isOver)
    const call = running[this.index % running.length] as ModelCall
    call.isOver = true
    model.settle(call, this.end)
    await real.ends[calls.indexOf(call)]?.(this.end)
    agree(model, real)
  }
  toString = (): string => `${this.end}(${this.index})`
}

class Advance implements Command {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
  check = (): boolean => true
  async run({ model }: { model: Model }, real: Real): Promise<void> {
    model.advance(this.ms)
    real.clock.advance(this.ms)
    agree(model, real)
  }
  toString = (): string => `advance(${this.ms})`
}

class Reset implements Command {
  check = (): boolean => true
  async run({ model }: { model: Model }, real: Real): Promise<void> {
    model.reset()
    real.breaker.reset()
    agree(model, real)
  }
  toString = (): string => 'reset'
}

class HoldOrRelease implements Command {
  check = (): boolean => true
  async run({ model }: { model: Model }, real: Real): Promise<void> {
    model.holds = model.holds === 2 ? 0 : model.holds + 1
    if (model.holds > 0) real.holds.push(real.breaker.forceOpen())
    else for (const hold of real.holds.splice(0)) hold.release()
    agree(model, real)
  }
  toString = (): string => 'hold or release'
}

const ratio = fc.constantFrom(0.1, 0.5, 0.7, 1)
const settings: fc.Arbitrary<Settings> = fc.record({
  window: fc.constantFrom({ kind: 'time', ms: 100 } as const, { kind: 'count', calls: 5 } as const),
  consecutiveFailures: fc.constantFrom(1, 2, 3, Infinity),
  failureRatio: fc.oneof(ratio, fc.constant(Infinity)),
  slowRatio: fc.oneof(ratio, fc.constant(Infinity)),
  slowCallMs: fc.constantFrom(1, 15),
  minimumCalls: fc.integer({ min: 1, max: 5 }),
  break: fc.constantFrom({ ms: 20, factor: 1, maxMs: 20 }, { ms: 10, factor: 2, maxMs: 50 }),
  probe: fc.record({ calls: fc.integer({ min: 1, max: 4 }), successRatio: ratio, maxWaitMs: fc.constantFrom(10, 30) }),
})
// Without any rule the breaker has one of its own.
const ruled = settings.filter((one) => Math.min(one.consecutiveFailures, one.failureRatio, one.slowRatio) < Infinity)

const call = fc.constantFrom('execute', 'tryAcquire').map((door) => new Call(door as 'execute'))
const end = fc.constantFrom<End>('success', 'failure', 'failure', 'ignore')
const commands = fc.commands<{ model: Model; calls: ModelCall[] }, Real, false>(
  [
    call,
    fc.tuple(fc.nat({ max: 20 }), end).map(([index, end]) => new Settle(index, end)),
    fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(10, 20, 30, 100, 400)).map((ms) => new Advance(ms)),
    // Twice as likely as the rest, so that circuits get to open.
    call,
    fc.tuple(fc.constant(0), end).map(([index, end]) => new Settle(index, end)),
    fc
      .nat({ max: 9 })
      .map((dice) => (dice === 0 ? new Reset() : dice === 1 ? new HoldOrRelease() : new Call('execute'))),
  ],
  { maxCommands: 60, size: 'max' },
)

// The timeout is for machines that do much else at the same time.
it(
  'behaves like a naive breaker that lives through every ms and keeps every outcome',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(ruled, commands, async (settings, commands) => {
        const setup = () => ({ model: { model: new Model(settings), calls: [] }, real: new Real(settings) })
        await fc.asyncModelRun(setup, commands)
      }),
      { numRuns: 500 },
    )
  },
)
