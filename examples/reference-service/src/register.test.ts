import { expect, it } from 'vitest'
import type { Outcome } from './line/outcome.ts'
import { SignalRegister } from './register.ts'
import { type Signal, createSignal, kindOf } from './signal.ts'
import { tracingOf } from './tracing/tracing-fixtures.ts'

const tracing = tracingOf({ TRACING: 'off' })
const signal = () => createSignal({ signal_type: 'execute', payload: {} }, tracing.begin({}, 0), 0)

function outcome(of: Signal, rest: Partial<Outcome> = {}): Outcome {
  const { id, traceId, acceptedAt } = of
  const known = { id, traceId, acceptedAt, signalType: 'execute', kind: kindOf(of) } as const
  return { ...known, status: 'completed', durationMs: 1, ...rest }
}

it('knows signals on the line and the last finished ones', () => {
  const register = new SignalRegister(2)
  const signals = [signal(), signal(), signal()]
  for (const each of signals) register.add(each)
  expect(register.active).toBe(3)
  for (const each of signals) register.finish(outcome(each))
  expect(register.active).toBe(0)
  expect(signals.map(({ id }) => register.get(id)?.status)).toEqual([undefined, 'completed', 'completed'])
})

it('ends a signal once: the first end counts', () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  expect(register.finish(outcome(one, { status: 'failed', durationMs: 5, error: 'late' }))).toBe(true)
  expect(register.finish(outcome(one, { durationMs: 9, result: 1 }))).toBe(false)
  expect(register.get(one.id)).toMatchObject({ status: 'failed', durationMs: 5, error: 'late' })
})

it('learns how a signal ended that was accepted elsewhere', () => {
  const register = new SignalRegister(10)
  const one = signal()
  expect(register.finish(outcome(one, { result: 'done' }))).toBe(true)
  expect(register.get(one.id)).toMatchObject({ status: 'completed', result: 'done', signalType: 'execute' })
})

it('lets a signal end anew that was sent back', () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  register.finish(outcome(one, { status: 'dead-lettered' }))
  register.revive(one)
  expect(register.get(one.id)?.status).toBe('queued')
  register.begun(one.id)
  expect(register.get(one.id)?.status).toBe('processing')
  expect(register.finish(outcome(one))).toBe(true)
})

it('keeps what was sent back while others are forgotten, and forgets each end once', () => {
  const register = new SignalRegister(2)
  const [back, ...others] = [signal(), signal(), signal(), signal()]
  register.add(back)
  register.finish(outcome(back, { status: 'dead-lettered' }))
  register.revive(back)
  register.revive(back)
  expect(register.active).toBe(1)
  for (const other of others) register.finish(outcome(other))
  expect(register.get(back.id)?.status).toBe('queued')
  register.finish(outcome(back))
  expect(register.active).toBe(0)
  expect([back, ...others].map(({ id }) => register.get(id)?.status)).toEqual([
    'completed',
    undefined,
    undefined,
    'completed',
  ])
})

it('tells everybody who waits for a signal, also those who come after its end', async () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  const waiting = Promise.all([register.whenFinished(one), register.whenFinished(one)])
  register.finish(outcome(one, { result: 'done' }))
  expect((await waiting).map(({ result }) => result)).toEqual(['done', 'done'])
  expect((await register.whenFinished(one)).result).toBe('done')
})

it('forgets a signal that was not admitted', () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  register.drop(one.id)
  expect(register.get(one.id)).toBeUndefined()
})
