import { ManualClock, settle } from '@tps/internal/manual-clock'
import { describe, expect, it, vi } from 'vitest'
import { Autoscaler } from './autoscaler.ts'
import type { AutoscalerOptions } from './autoscaler-options.ts'
import { ScalingTimeoutError } from './scaling-attempt.ts'
import type { WorkerLoad } from './scaling-load.ts'

const SECOND = 1000

/** An autoscaler that looks every 10 s at a load that the test sets, without smoothing. */
function watched(options: Partial<AutoscalerOptions> = {}, load: Partial<WorkerLoad> = {}) {
  const clock = new ManualClock()
  const now = { workers: 4, utilization: 0.7, ...load }
  const asked: number[] = []
  const scaler = new Autoscaler({
    min: 2,
    max: 20,
    everyMs: 10 * SECOND,
    smoothingMs: 0,
    read: () => now,
    scale: (workers) => {
      asked.push(workers)
      now.workers = workers
    },
    clock,
    timers: clock,
    wallNow: () => clock.now(),
    ...options,
  })
  const set = (next: Partial<WorkerLoad>): void => void Object.assign(now, next)
  return { clock, scaler, asked, set, now }
}

describe('an autoscaler', () => {
  it('keeps the number that makes utilization its target', async () => {
    const { scaler, asked } = watched({}, { workers: 4, utilization: 1 })
    expect(await scaler.evaluate()).toEqual({
      action: 'up',
      workers: 4,
      recommended: 6,
      target: 6,
      reason: 'utilization',
      limitedBy: null,
      explanation: '4 to 6: utilization asks for 5.7',
    })
    expect(asked).toEqual([6])
  })

  it('does nothing within its tolerance', async () => {
    const { scaler, asked } = watched({}, { workers: 10, utilization: 0.765 })
    expect(await scaler.evaluate()).toMatchObject({ action: 'hold', reason: 'steady', recommended: 10 })
    expect(asked).toEqual([])
    expect(scaler.snapshot().explanation).toBe('stay at 10: the load asks for 10.9, which is close')
  })

  it('adds workers for a queue that would not be done in time', async () => {
    // Two of four are busy with 20 a second: 600 more in 30 s take two more; 900 three.
    const { scaler } = watched({}, { utilization: 0.5, throughput: 20, queueDepth: 900 })
    expect(await scaler.evaluate()).toMatchObject({
      target: 5,
      reason: 'queue',
      explanation: '4 to 5: the queue asks for 5',
    })
  })

  it('does not go by a queue when it does not know what workers do', async () => {
    const { scaler } = watched({}, { utilization: 0.7, queueDepth: 900 })
    expect(await scaler.evaluate()).toMatchObject({ action: 'hold' })
  })

  it('stays within its bounds, and says when they hold it', async () => {
    const { scaler, set, asked } = watched({ up: { maxStep: 100 }, down: { stabilizationMs: 0, cooldownMs: 0 } })
    const limited = vi.fn()
    scaler.on('limited', limited)
    set({ workers: 15, utilization: 5 })
    expect(await scaler.evaluate()).toMatchObject({ target: 20, limitedBy: 'max' })
    expect(await scaler.evaluate()).toMatchObject({ action: 'hold', limitedBy: 'max' })
    set({ workers: 3, utilization: 0 })
    expect(await scaler.evaluate()).toMatchObject({ target: 2, limitedBy: 'min' })
    expect(asked).toEqual([20, 2])
    expect(limited.mock.calls.map(([{ limitedBy }]) => limitedBy as string)).toEqual(['max', 'min'])
  })

  it.each([
    [50, 20],
    [0, 2],
  ])('brings %i workers within its bounds at once', async (workers, target) => {
    const { scaler, asked } = watched({ up: { maxStep: 1, maxRatio: 0 } }, { workers, utilization: 0.7 })
    await scaler.evaluate()
    expect(asked).toEqual([target])
  })

  it('goes in steps', async () => {
    const { scaler, set } = watched({ up: { maxStep: 3, maxRatio: 0.5 }, down: { stabilizationMs: 0, maxRatio: 0.25 } })
    set({ workers: 4, utilization: 2 })
    expect(await scaler.evaluate()).toMatchObject({ target: 7, limitedBy: 'step', recommended: 12 })
    const down = watched({ down: { stabilizationMs: 0, maxRatio: 0.25 } }, { workers: 16, utilization: 0.1 })
    expect(await down.scaler.evaluate()).toMatchObject({ target: 12, limitedBy: 'step' })
  })

  it('waits after a change, for each direction as long as that says', async () => {
    const { clock, scaler, set, asked } = watched({
      up: { cooldownMs: 25 * SECOND },
      down: { cooldownMs: 45 * SECOND, stabilizationMs: 0 },
    })
    set({ utilization: 1 })
    scaler.start()
    await clock.advanceAsync(0)
    set({ utilization: 1 })
    await clock.advanceAsync(20 * SECOND)
    expect([asked, scaler.snapshot().limitedBy]).toEqual([[6], 'cooldown'])
    await clock.advanceAsync(10 * SECOND)
    set({ utilization: 0.1 })
    expect(asked).toEqual([6, 9])
    await clock.advanceAsync(40 * SECOND)
    expect([asked, scaler.snapshot().limitedBy]).toEqual([[6, 9], 'cooldown'])
    await clock.advanceAsync(10 * SECOND)
    expect(asked).toEqual([6, 9, 5])
    scaler.stop()
  })

  it('comes down only after a whole window in which fewer were enough', async () => {
    const { clock, scaler, set, asked } = watched({ down: { stabilizationMs: 60 * SECOND, cooldownMs: 0 } })
    set({ workers: 8, utilization: 0.7 })
    scaler.start()
    await clock.advanceAsync(0)
    set({ utilization: 0.2 })
    await clock.advanceAsync(30 * SECOND)
    set({ utilization: 0.5 })
    await clock.advanceAsync(10 * SECOND)
    set({ utilization: 0.2 })
    await clock.advanceAsync(20 * SECOND)
    expect([asked, scaler.snapshot().limitedBy]).toEqual([[], 'stabilization'])
    await clock.advanceAsync(10 * SECOND)
    // What was wanted at 40 s still counts.
    expect(asked).toEqual([6])
    scaler.stop()
  })

  it('smooths how many are busy, not their share', async () => {
    const { clock, scaler, set, asked } = watched({ smoothingMs: 10 * SECOND, up: { cooldownMs: 0 } }, { workers: 10 })
    await scaler.evaluate()
    clock.advance(10 * SECOND)
    set({ utilization: 1 })
    // 7 busy before, 10 now: 1 − 1/e of the difference is believed.
    expect(await scaler.evaluate()).toMatchObject({ target: Math.ceil((7 + 3 * (1 - Math.exp(-1))) / 0.7) })
    expect(asked).toEqual([13])
  })

  it('decides nothing when dry, and tells what it would have done', async () => {
    const { scaler, asked } = watched({ dryRun: true }, { utilization: 1 })
    const [decided, scaled] = [vi.fn(), vi.fn()]
    scaler.on('decision', decided)
    scaler.on('scaled', scaled)
    await scaler.evaluate()
    expect(decided).toHaveBeenCalledWith(expect.objectContaining({ action: 'up', target: 6 }))
    expect(await scaler.evaluate()).toMatchObject({ limitedBy: 'cooldown' })
    expect([asked, scaled.mock.calls, scaler.snapshot().lastScaledAt]).toEqual([[], [], null])
  })
})

describe('what fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('read')
      },
      'read',
    ],
    ['rejects', () => Promise.reject(new Error('read')), 'read'],
    [
      'gives NaN',
      () => ({ workers: 1, utilization: Number.NaN }),
      'utilization must be a finite number in [0, ∞), got NaN',
    ],
    [
      'gives part of a worker',
      () => ({ workers: 1.5, utilization: 1 }),
      'workers must be an integer in [0, ∞), got 1.5',
    ],
    ['gives a negative queue', () => ({ workers: 1, utilization: 1, queueDepth: -1 }), 'queueDepth must be'],
    ['gives an endless throughput', () => ({ workers: 1, utilization: 1, throughput: Infinity }), 'throughput must be'],
    ['gives nothing', () => undefined as never, 'read must give an object, got undefined'],
  ])('when reading %s, nothing is decided, and it is counted', async (_, read, message) => {
    const { scaler, asked } = watched({ read })
    const failed = vi.fn()
    scaler.on('readFailed', failed)
    expect([await scaler.evaluate(), await scaler.evaluate()]).toEqual([undefined, undefined])
    expect(failed).toHaveBeenLastCalledWith({
      error: expect.objectContaining({ message: expect.stringContaining(message) }),
      failures: 2,
    })
    expect([asked, scaler.snapshot()]).toMatchObject([[], { readFailures: 2, decisions: 0, workers: null }])
  })

  it('does not ask how busy no workers are', async () => {
    const { scaler, asked } = watched({}, { workers: 0, utilization: Number.NaN })
    await scaler.evaluate()
    expect(asked).toEqual([2])
  })

  it('gives up a reading that hangs, aborts its signal, and looks again', async () => {
    let signal: AbortSignal | undefined
    let hangs = true
    const { clock, scaler, now } = watched({
      timeoutMs: 3 * SECOND,
      read: (context) => {
        signal ??= context.signal
        return hangs ? new Promise<never>(() => {}) : now
      },
    })
    const failed = vi.fn()
    scaler.on('readFailed', failed)
    scaler.start()
    await clock.advanceAsync(3 * SECOND)
    expect(failed).toHaveBeenCalledWith({ error: new ScalingTimeoutError('read', 3000), failures: 1 })
    expect(failed.mock.calls[0]?.[0].error).toMatchObject({
      code: 'ERR_SCALING_TIMEOUT',
      operation: 'read',
      timeoutMs: 3000,
    })
    expect(signal?.aborted).toBe(true)
    hangs = false
    await clock.advanceAsync(7 * SECOND)
    expect(scaler.snapshot()).toMatchObject({ workers: 4, readFailures: 1 })
    scaler.stop()
    expect(clock.pendingTimers).toBe(0)
  })

  it('leaves scaling alone for longer and longer while it fails, and reads what there really is', async () => {
    const at: number[] = []
    const { clock, scaler } = watched({
      backoff: { ms: 15 * SECOND, maxMs: 40 * SECOND },
      read: () => ({ workers: 4, utilization: 1 }),
      scale: async () => {
        at.push(clock.now() / SECOND)
        if (at.length < 5) throw new Error('no machines')
      },
    })
    const failed = vi.fn()
    scaler.on('scaleFailed', failed)
    scaler.start()
    await clock.advanceAsync(10 * SECOND)
    expect(scaler.snapshot()).toMatchObject({ limitedBy: 'backoff', scaleFailures: 1, workers: 4, lastScaledAt: null })
    await clock.advanceAsync(200 * SECOND)
    scaler.stop()
    // Waits of 15, 30, 40 and 40 s, at looks every 10 s; then it worked, and the cooldown holds.
    expect(at.slice(0, 6)).toEqual([0, 20, 50, 90, 130, 160])
    expect(failed.mock.calls.map(([{ failures }]) => failures as number)).toEqual([1, 2, 3, 4])
    expect(scaler.snapshot().scaledUp).toBeGreaterThan(0)
  })

  it('gives up a change that hangs', async () => {
    const { clock, scaler } = watched(
      { timeoutMs: SECOND, scale: () => new Promise<never>(() => {}) },
      { utilization: 1 },
    )
    const failed = vi.fn()
    scaler.on('scaleFailed', failed)
    const decided = scaler.evaluate()
    await clock.advanceAsync(SECOND)
    expect(await decided).toMatchObject({ action: 'up' })
    expect(failed).toHaveBeenCalledWith({ error: new ScalingTimeoutError('scale', 1000), failures: 1 })
  })

  it('keeps the last floor of a schedule that throws or gives nonsense, and reports it', async () => {
    const onListenerError = vi.fn()
    const answers: unknown[] = [9, 9, new Error('calendar'), Number.NaN]
    const schedule = (): number => {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return answer as number
    }
    const { scaler } = watched({ schedule, onListenerError })
    await scaler.evaluate()
    await scaler.evaluate()
    expect(scaler.snapshot().floor).toBe(9)
    expect(onListenerError).toHaveBeenCalledWith(new Error('calendar'), 'schedule')
    await scaler.evaluate()
    expect([scaler.snapshot().floor, onListenerError.mock.calls.length]).toEqual([9, 2])
  })

  it('survives a handler of errors that throws', async () => {
    const print = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { scaler } = watched({ schedule: () => expect.unreachable(), onListenerError: () => expect.unreachable() })
    expect(await scaler.evaluate()).toMatchObject({ workers: 4 })
    expect(print).toHaveBeenCalledOnce()
    print.mockRestore()
  })
})

describe('running', () => {
  it('looks at once and then every so often, one look at a time', async () => {
    let reads = 0
    const { clock, scaler } = watched({
      read: async () => {
        reads++
        await new Promise<void>((resolve) => clock.schedule(15 * SECOND, resolve))
        return { workers: 4, utilization: 0.7 }
      },
    })
    scaler.start()
    scaler.start()
    expect(scaler.evaluate()).toBe(scaler.evaluate())
    await clock.advanceAsync(14 * SECOND)
    expect(reads).toBe(1)
    // It took longer than the 10 s between looks: the next one comes at once.
    await clock.advanceAsync(2 * SECOND)
    expect(reads).toBe(2)
    scaler.stop()
    await clock.advanceAsync(100 * SECOND)
    expect([reads, clock.pendingTimers, scaler.isRunning]).toEqual([2, 0, false])
  })

  it('does not scale once it is stopped, though the reading comes later; and starts again', async () => {
    let finish: ((load: WorkerLoad) => void) | undefined
    const { clock, scaler, asked } = watched({ read: () => new Promise<WorkerLoad>((resolve) => (finish = resolve)) })
    const looked = scaler.start().evaluate()
    scaler.stop()
    finish?.({ workers: 4, utilization: 1 })
    expect(await looked).toBeUndefined()
    expect([asked, scaler.snapshot().readFailures]).toEqual([[], 0])
    scaler.start()
    await settle()
    finish?.({ workers: 4, utilization: 1 })
    await settle()
    expect(asked).toEqual([6])
    scaler[Symbol.dispose]()
    expect(clock.pendingTimers).toBe(0)
  })

  it('aborts a change under way when it is stopped, and takes it for neither done nor failed', async () => {
    let signal: AbortSignal | undefined
    const scale: AutoscalerOptions['scale'] = (_, context) => {
      signal = context.signal
      return new Promise(() => {})
    }
    const { scaler } = watched({ scale }, { utilization: 1 })
    const looked = scaler.evaluate()
    await settle()
    scaler.stop()
    expect(await looked).toMatchObject({ action: 'up' })
    expect(signal?.aborted).toBe(true)
    expect(scaler.snapshot()).toMatchObject({ scaledUp: 0, scaleFailures: 0 })
  })

  it('may be stopped by a listener before it scales', async () => {
    const { scaler, asked } = watched({}, { utilization: 1 })
    scaler.on('decision', () => scaler.stop())
    await scaler.evaluate()
    expect(asked).toEqual([])
  })

  it('tells of what it did', async () => {
    const contexts: unknown[] = []
    const { clock, scaler } = watched(
      { scale: (to, { from, reason }) => contexts.push([from, to, reason]) },
      { utilization: 1 },
    )
    clock.advance(77)
    const scaled = vi.fn()
    scaler.on('scaled', scaled)
    const decision = await scaler.evaluate()
    expect(scaled).toHaveBeenCalledWith({ from: 4, to: 6, decision })
    expect(contexts).toEqual([[4, 6, 'utilization']])
    expect(scaler.snapshot()).toMatchObject({
      lastScaledAt: 77,
      scaledUp: 1,
      scaledDown: 0,
      decisions: 1,
      reason: 'utilization',
    })
  })
})

describe('the options of an autoscaler', () => {
  it.each([
    [{ max: 0 }, RangeError, 'max must be an integer in [1, ∞), got 0'],
    [{ min: 5, max: 4 }, RangeError, 'max must be an integer in [5, ∞), got 4'],
    [{ max: undefined }, TypeError, 'max must be an integer'],
    [{ read: 1 }, TypeError, 'read must be a function'],
    [{ scale: undefined }, TypeError, 'scale must be a function'],
    [{ target: 1.1 }, RangeError, 'target must be a finite number in (0, 1], got 1.1'],
    [{ toleranceRatio: 1 }, RangeError, 'toleranceRatio must be a finite number in [0, 1), got 1'],
    [{ up: { maxStep: 0 } }, RangeError, 'up.maxStep must be an integer in [1, ∞), got 0'],
    [{ down: { maxRatio: 1.1 } }, RangeError, 'down.maxRatio must be a finite number in [0, 1], got 1.1'],
    [{ down: null }, TypeError, 'down must be an object'],
    [{ plateau: true }, TypeError, 'plateau must be an object'],
    [{ plateau: { minReadings: 9 } }, RangeError, 'plateau.minReadings must be an integer in [1, 8], got 9'],
    [{ trend: {} }, TypeError, 'trend.horizonMs must be a number'],
    [{ backoff: { ms: 10, maxMs: 5 } }, RangeError, 'backoff.maxMs must be a finite number in [10, ∞), got 5'],
    [{ timeZone: 'Mars/Olympus' }, RangeError, 'Mars/Olympus'],
    [{ dryRun: 1 }, TypeError, 'dryRun must be true or false'],
    [{ schedule: 'daily' }, TypeError, 'schedule must be a function or an array'],
  ])('refuse %o', (options, kind, message) => {
    const make = (): unknown =>
      new Autoscaler({ max: 5, read: () => ({}) as never, scale: () => {}, ...options } as never)
    expect(make).toThrow(kind)
    expect(make).toThrow(message)
  })
})

it('forecasts a number, also of a queue that nothing leaves', async () => {
  const { scaler, clock } = watched(
    { trend: { horizonMs: 60 * SECOND } },
    { utilization: 1, queueDepth: 5, throughput: 0 },
  )
  for (let look = 0; look < 5; look++) {
    await scaler.evaluate()
    clock.advance(10 * SECOND)
  }
  const { forecast } = scaler.snapshot()
  expect(Number.isFinite(forecast)).toBe(true)
})
