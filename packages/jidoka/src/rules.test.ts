import { describe, expect, it } from 'vitest'
import { CircuitBreaker, type CircuitBreakerOptions } from './index.ts'

const make = (options: unknown) => () => new CircuitBreaker(options as CircuitBreakerOptions)

describe('a wrong option', () => {
  it.each<[options: unknown, message: string]>([
    [null, 'options must be an object, got null'],
    [{ name: 7 }, 'name must be a string, got 7'],
    [{ window: { kind: 'time', ms: '1s' } }, 'window.ms must be a number, got "1s"'],
    [{ window: { kind: 'time' } }, 'window.ms must be a number, got undefined'],
    [{ trip: 5 }, 'trip must be an object, got 5'],
    [{ trip: { slowRatio: 0.5 } }, 'trip.slowCallMs must be a number, got undefined'],
    [{ classify: true }, 'classify must be a function, got true'],
    [{ clock: {} }, 'clock must have a method now()'],
    [{ onListenerError: 'log' }, 'onListenerError must be a function, got "log"'],
    [{ mode: true }, 'mode must be "enforce" or "observe", got true'],
    [{ rampUp: 5 }, 'rampUp must be an object, got 5'],
    [{ rampUp: {} }, 'rampUp.ms must be a number, got undefined'],
    [{ probe: { check: 'ping' } }, 'probe.check must be a function, got "ping"'],
    [{ timers: {} }, 'timers must have a method schedule()'],
    [{ wallClock: {} }, 'wallClock must have a method now()'],
    [{ random: () => '0' }, 'random() must be a number, got "0"'],
    [{ break: { jitterRatio: 0.1 }, random: 4 }, 'random must be a function, got 4'],
  ])('of a wrong type is named with what it was: %j', (options, message) => {
    expect(make(options)).toThrow(new TypeError(message))
  })

  it.each<[options: unknown, message: string]>([
    [{ name: '' }, 'name must not be empty'],
    [{ window: { kind: 'sliding' } }, 'window.kind must be "time" or "count", got "sliding"'],
    [{ window: { kind: 'time', ms: 9 } }, 'window.ms must be a finite number in [10, ∞), got 9'],
    [{ window: { kind: 'count', calls: 0 } }, 'window.calls must be an integer in [1, 1000000], got 0'],
    [{ trip: { consecutiveFailures: 0 } }, 'trip.consecutiveFailures must be an integer in [1, ∞), got 0'],
    [{ trip: { failureRatio: Number.NaN } }, 'trip.failureRatio must be a finite number in (0, 1], got NaN'],
    [{ trip: { failureRatio: 50 } }, 'trip.failureRatio must be a finite number in (0, 1], got 50'],
    [{ trip: { slowRatio: 0, slowCallMs: 1 } }, 'trip.slowRatio must be a finite number in (0, 1], got 0'],
    [{ trip: { slowCallMs: 0 } }, 'trip.slowCallMs must be a finite number in (0, ∞), got 0'],
    [
      { window: { kind: 'count', calls: 10 }, trip: { failureRatio: 0.5, minimumCalls: 11 } },
      'trip.minimumCalls must be an integer in [1, 10], got 11',
    ],
    [{ break: { ms: 0 } }, 'break.ms must be a finite number in [1, ∞), got 0'],
    [{ break: { factor: 0.5 } }, 'break.factor must be a finite number in [1, ∞), got 0.5'],
    [{ break: { ms: 100, maxMs: 99 } }, 'break.maxMs must be a finite number in [100, ∞), got 99'],
    [{ break: { jitterRatio: 1 } }, 'break.jitterRatio must be a finite number in [0, 1), got 1'],
    [{ probe: { calls: 0 } }, 'probe.calls must be an integer in [1, 10000], got 0'],
    [{ probe: { successRatio: 0 } }, 'probe.successRatio must be a finite number in (0, 1], got 0'],
    [{ mode: 'dry' }, 'mode must be "enforce" or "observe", got "dry"'],
    [{ rampUp: { ms: 0 } }, 'rampUp.ms must be a finite number in [1, ∞), got 0'],
    [{ rampUp: { ms: 1, fromRatio: 0 } }, 'rampUp.fromRatio must be a finite number in (0, 1], got 0'],
    [{ probe: { overflow: 'queue' } }, 'probe.overflow must be "refuse" or "wait", got "queue"'],
    [{ probe: { maxWaiting: 0 } }, 'probe.maxWaiting must be an integer in [1, 100000], got 0'],
    [{ random: () => 1 }, 'random() must be a finite number in [0, 1), got 1'],
    [{ probe: { maxWaitMs: Infinity } }, 'probe.maxWaitMs must be a finite number in [1, ∞), got Infinity'],
  ])('of a wrong value is named with its range: %j', (options, message) => {
    expect(make(options)).toThrow(new RangeError(message))
  })
})

it('takes undefined for absent everywhere', () => {
  const options = {
    name: undefined,
    window: undefined,
    trip: { consecutiveFailures: undefined, minimumCalls: undefined },
    break: { ms: undefined },
    probe: undefined,
    classify: undefined,
    clock: undefined,
  }
  expect(make(options)).not.toThrow()
})

it('shares nothing with another breaker made from the same object, nor with the object', () => {
  const trip = { consecutiveFailures: 1 }
  const options: CircuitBreakerOptions = { trip }
  const first = new CircuitBreaker(options)
  const second = new CircuitBreaker(options)
  trip.consecutiveFailures = 100
  first.tryAcquire()?.failure()
  expect([first.state, second.state]).toEqual(['open', 'closed'])
})

it.each([
  { calls: 10, successRatio: 0.7, needed: 7 },
  { calls: 100, successRatio: 0.07, needed: 7 },
  { calls: 3, successRatio: 0.5, needed: 2 },
  { calls: 3, successRatio: 0.01, needed: 1 },
])('needs $needed successes of $calls probes for $successRatio', ({ calls, successRatio, needed }) => {
  let now = 0
  const breaker = new CircuitBreaker({
    clock: { now: () => now },
    trip: { consecutiveFailures: 1 },
    probe: { calls, successRatio },
  })
  breaker.tryAcquire()?.failure()
  now = 30_000
  let successes = 0
  for (; breaker.state === 'half-open'; successes++) breaker.tryAcquire()?.success()
  expect(successes).toBe(needed)
})
