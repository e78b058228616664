import { expect, it } from 'vitest'
import { SignalRegister } from './register.ts'
import { createSignal } from './signal.ts'

const signal = () => createSignal({ signal_type: 'execute', payload: {} }, 'trace', 0)

it('knows signals on the line and the last finished ones', () => {
  const register = new SignalRegister(2)
  const signals = [signal(), signal(), signal()]
  for (const each of signals) register.add(each)
  expect(register.active).toBe(3)
  for (const each of signals) register.finish(each, { status: 'completed', durationMs: 1 })
  expect(register.active).toBe(0)
  expect(signals.map(({ id }) => register.get(id)?.status)).toEqual([undefined, 'completed', 'completed'])
})

it('ends a signal once: the first end counts', () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  expect(register.finish(one, { status: 'failed', durationMs: 5, error: 'late' })).toBe(true)
  expect(register.finish(one, { status: 'completed', durationMs: 9, result: 1 })).toBe(false)
  expect(register.get(one.id)).toMatchObject({ status: 'failed', durationMs: 5, error: 'late' })
})

it('tells everybody who waits for a signal, also those who come after its end', async () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  const waiting = Promise.all([register.whenFinished(one), register.whenFinished(one)])
  register.finish(one, { status: 'completed', durationMs: 1, result: 'done' })
  expect((await waiting).map(({ result }) => result)).toEqual(['done', 'done'])
  expect((await register.whenFinished(one)).result).toBe('done')
})

it('forgets a signal that was not admitted', () => {
  const register = new SignalRegister(10)
  const one = signal()
  register.add(one)
  register.drop(one)
  expect(register.get(one.id)).toBeUndefined()
})
