import { ManualClock } from '@tps/internal/manual-clock'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  CircuitBreaker,
  CircuitOpenError,
  type CircuitBreakerRules,
  type Hold,
  type SavedCircuitBreaker,
} from './index.ts'
import { type End, NAMED_MS, NaiveBreaker, type NaiveCall, type Settings } from './naive-breaker.ts'

interface Model {
  readonly naive: NaiveBreaker
  readonly calls: NaiveCall[]
}

/** A call of the breaker under test. The naive breaker's calls have the same positions. */
interface RealCall {
  end(end: End): void | Promise<void>
  /** Its caller goes away. */
  abort(): void
  status: 'waiting' | 'running' | 'refused' | 'over'
}

/** The breaker under test. */
class Real {
  readonly clock = new ManualClock()
  readonly wallClock = new ManualClock(1e12)
  breaker: CircuitBreaker
  calls: RealCall[] = []
  holds: Record<'forceOpen' | 'disable', Hold[]> = { forceOpen: [], disable: [] }
  readonly changes: string[] = []

  constructor(settings: Settings) {
    const { clock, wallClock } = this
    this.breaker = this.watched(new CircuitBreaker({ ...rulesOf(settings), clock, timers: clock, wallClock }))
  }

  watched(breaker: CircuitBreaker): CircuitBreaker {
    // One that another goes on for has nothing more to say.
    const changed = (to: string) => () => void (breaker === this.breaker && this.changes.push(to))
    breaker.on('open', changed('open'))
    breaker.on('halfOpen', changed('half-open'))
    breaker.on('close', changed('closed'))
    return breaker
  }
}

function rulesOf({ window, break: pause, probe, rampUp, mode, maxWaiting, ...trip }: Settings): CircuitBreakerRules {
  const rules = Object.fromEntries(Object.entries(trip).filter(([, value]) => value !== Infinity))
  const overflow = maxWaiting > 0 ? { overflow: 'wait' as const, maxWaiting } : {}
  return { window, trip: rules, break: pause, probe: { ...probe, ...overflow }, rampUp, mode }
}

type Command = fc.AsyncCommand<Model, Real>
const failureOf = (end: End): Error => Object.assign(new Error(end), end === 'named' && { retryAfterMs: NAMED_MS })

const statuses = (all: readonly { status: string }[]): string => all.map(({ status }) => status).join()

/** Lets what has been decided reach those who wait for it. */
async function agree({ naive, calls }: Model, real: Real): Promise<void> {
  // One await for the promise of a call, one for what was hung on it, and one that the waiting add.
  for (let hop = 0; hop < 4; hop++) await Promise.resolve()
  const expected = naive.read()
  const snapshot = real.breaker.snapshot()
  const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, Reflect.get(snapshot, key) as unknown]))
  const { opened: _, ...totals } = snapshot.totals
  // Comparing texts costs a tenth of what `expect` does; that is asked only for its message.
  if (JSON.stringify({ ...seen, totals }) !== JSON.stringify(expected)) expect({ ...seen, totals }).toEqual(expected)
  if (real.breaker.state !== snapshot.state) expect(real.breaker.state).toBe(snapshot.state)
  if (statuses(real.calls) !== statuses(calls)) expect(statuses(real.calls)).toBe(statuses(calls))
}

/** A call through either door. Every change up to now must have been told of after it. */
class Call implements Command {
  readonly door: 'execute' | 'tryAcquire'
  constructor(door: 'execute' | 'tryAcquire') {
    this.door = door
  }
  check = (): boolean => true
  async run(model: Model, real: Real): Promise<void> {
    const { naive } = model
    const isHeld = naive.held !== undefined
    model.calls.push(naive.call(this.door === 'execute'))
    real.calls.push(this.door === 'execute' ? this.execute(real) : this.acquire(real))
    await agree(model, real)
    if (!isHeld && naive.waiting.length === 0) expect(real.changes).toEqual(naive.changes)
  }
  acquire({ breaker }: Real): RealCall {
    const permit = breaker.tryAcquire()
    const call: RealCall = { status: permit ? 'running' : 'refused', end: () => {}, abort: () => {} }
    call.end = (end) => {
      call.status = 'over'
      if (end === 'success' || end === 'ignore') permit?.[end]()
      else permit?.failure(failureOf(end))
    }
    return call
  }
  execute({ breaker }: Real): RealCall {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const controller = new AbortController()
    const call: RealCall = { status: 'waiting', end: () => {}, abort: () => controller.abort() }
    const work = (): Promise<void> => {
      call.status = 'running'
      return promise
    }
    const refused = (error: unknown): void => {
      if (call.status === 'waiting') call.status = error instanceof CircuitOpenError ? 'refused' : 'over'
    }
    const done = breaker.execute(work, { signal: controller.signal }).catch(refused)
    call.end = async (end) => {
      call.status = 'over'
      if (end === 'ignore') controller.abort()
      if (end === 'success') resolve()
      else reject(failureOf(end))
      await done
    }
    return call
  }
  toString = (): string => this.door
}

/** One of the running calls ends, perhaps much too late; or the caller of a waiting one goes away. */
class Settle implements Command {
  readonly index: number
  readonly end: End
  constructor(index: number, end: End) {
    this.index = index
    this.end = end
  }
  check = ({ calls }: Model): boolean => calls.some(({ status }) => status === 'running' || status === 'waiting')
  async run(model: Model, real: Real): Promise<void> {
    const { calls, naive } = model
    const open = calls.filter(({ status }) => status === 'running' || status === 'waiting')
    const call = open[this.index % open.length] as NaiveCall
    const position = calls.indexOf(call)
    if (call.status === 'waiting') {
      naive.leave(call)
      real.calls[position]?.abort()
    } else {
      naive.settle(call, this.end)
      await real.calls[position]?.end(this.end)
    }
    await agree(model, real)
  }
  toString = (): string => `${this.end}(${this.index})`
}

/** Something that is done to both. */
class Step implements Command {
  readonly text: string
  readonly act: (model: Model, real: Real) => void
  constructor(text: string, act: (model: Model, real: Real) => void) {
    this.text = text
    this.act = act
  }
  check = (): boolean => true
  async run(model: Model, real: Real): Promise<void> {
    this.act(model, real)
    await agree(model, real)
  }
  toString = (): string => this.text
}

const advance = (ms: number): Command =>
  new Step(`advance(${ms})`, ({ naive }, real) => {
    naive.advance(ms)
    real.clock.advance(ms)
    real.wallClock.advance(ms)
  })

const reset = (): Command =>
  new Step('reset', ({ naive }, { breaker }) => {
    naive.reset()
    breaker.reset()
  })

const hold = (how: 'forceOpen' | 'disable'): Command =>
  new Step(how, ({ naive }, { breaker, holds }) => {
    const held = how === 'disable' ? 'disabled' : 'forced'
    naive[held] = naive[held] === 2 ? 0 : naive[held] + 1
    naive.seat()
    if (naive[held] > 0) holds[how].push(breaker[how]())
    else for (const one of holds[how].splice(0)) one.release()
  })

const reconfigure = (settings: Settings): Command =>
  new Step(`reconfigure(${JSON.stringify(settings)})`, ({ naive }, { breaker }) => {
    naive.reconfigure(settings)
    breaker.reconfigure(rulesOf(settings))
  })

/** A new process goes on, after the wall clock has gone on or was set back. */
const restore = (wallMs: number): Command =>
  new Step(`restore(${wallMs})`, (model, real) => {
    const { clock } = real
    const saved = JSON.parse(JSON.stringify(real.breaker)) as SavedCircuitBreaker
    const wallClock = new ManualClock(saved.savedAt + wallMs)
    model.naive.restore(Math.max(0, wallMs))
    const options = { ...rulesOf(model.naive.settings), clock, timers: clock, wallClock }
    real.breaker = real.watched(CircuitBreaker.restore(saved, options))
    model.calls.length = real.calls.length = 0
    real.holds = { forceOpen: [], disable: [] }
    // What the old one didn't get to tell is nobody's business any more.
    real.changes.splice(0, Infinity, ...model.naive.changes)
    if (real.breaker.snapshot().state === 'half-open' && saved.state === 'open') real.changes.pop()
  })

const ratio = fc.constantFrom(0.1, 0.5, 0.7, 1)
const settings: fc.Arbitrary<Settings> = fc
  .record({
    window: fc.constantFrom(
      { kind: 'time', ms: 100 } as const,
      { kind: 'time', ms: 50 } as const,
      { kind: 'count', calls: 5 } as const,
      { kind: 'count', calls: 8 } as const,
    ),
    consecutiveFailures: fc.constantFrom(1, 2, 3, Infinity),
    failureRatio: fc.oneof(ratio, fc.constant(Infinity)),
    slowRatio: fc.oneof(ratio, fc.constant(Infinity)),
    slowCallMs: fc.constantFrom(1, 15),
    minimumCalls: fc.integer({ min: 1, max: 5 }),
    break: fc.constantFrom({ ms: 20, factor: 1, maxMs: 20 }, { ms: 10, factor: 2, maxMs: 50 }),
    probe: fc.record({
      calls: fc.integer({ min: 1, max: 4 }),
      successRatio: ratio,
      maxWaitMs: fc.constantFrom(10, 30),
    }),
    maxWaiting: fc.constantFrom(0, 1, 3),
    rampUp: fc.constantFrom(undefined, { ms: 20, fromRatio: 0.25 }, { ms: 40, fromRatio: 0.1 }),
    mode: fc.constantFrom('enforce', 'enforce', 'enforce', 'observe'),
  })
  // Without any rule the breaker has one of its own.
  .filter((one) => Math.min(one.consecutiveFailures, one.failureRatio, one.slowRatio) < Infinity)

const call = fc.constantFrom('execute' as const, 'tryAcquire' as const).map((door) => new Call(door))
const end = fc.constantFrom<End>('success', 'failure', 'failure', 'named', 'ignore')
const rare = fc.oneof(
  fc.constant(reset()),
  fc.constantFrom('forceOpen' as const, 'disable' as const).map(hold),
  settings.map(reconfigure),
  fc.constantFrom(-3_600_000, 0, 3, 10, 45, 1_000_000).map(restore),
)
const commandsOf = (maxCommands: number) =>
  fc.commands<Model, Real, false>(
    [
      call,
      fc.tuple(fc.nat({ max: 20 }), end).map(([index, end]) => new Settle(index, end)),
      fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(10, 20, 30, 100)).map(advance),
      // Twice as likely as the rest, so that circuits get to open.
      call,
      fc.tuple(fc.constant(0), end).map(([index, end]) => new Settle(index, end)),
      fc.oneof({ weight: 2, arbitrary: call }, { weight: 1, arbitrary: rare }),
    ],
    { maxCommands, size: 'max' },
  )

// Many short stories, and some long ones. The timeout is for machines that do much else at the same time.
it.each([
  { numRuns: 9_000, maxCommands: 20 },
  { numRuns: 1_000, maxCommands: 60 },
])(
  'behaves like a naive breaker that lives through every ms and keeps every outcome: $numRuns stories of up to $maxCommands',
  { timeout: 120_000 },
  async ({ numRuns, maxCommands }) => {
    await fc.assert(
      fc.asyncProperty(settings, commandsOf(maxCommands), async (settings, commands) => {
        const setup = () => ({ model: { naive: new NaiveBreaker(settings), calls: [] }, real: new Real(settings) })
        await fc.asyncModelRun(setup, commands)
      }),
      { numRuns },
    )
  },
)
