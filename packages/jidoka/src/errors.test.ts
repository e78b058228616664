import { expect, it } from 'vitest'
import { CircuitOpenError } from './index.ts'

it('says which circuit refuses and when to come again', () => {
  const error = new CircuitOpenError({ circuit: 'billing', state: 'open', retryAfterMs: 250 })
  expect(error.message).toBe('Circuit "billing" is open: retry after 250 ms')
  expect(error).toMatchObject({ name: 'CircuitOpenError', code: 'ERR_CIRCUIT_OPEN', circuit: 'billing', state: 'open' })
  expect(error).toBeInstanceOf(Error)
})

it('captures no stack trace and leaves the limit for others as it was', () => {
  const limit = Error.stackTraceLimit
  const error = new CircuitOpenError({ circuit: 'billing', state: 'forced-open', retryAfterMs: undefined })
  expect(error.stack).toBe('CircuitOpenError: Circuit "billing" is forced-open')
  expect(Error.stackTraceLimit).toBe(limit)
})

it('has a cause only when there is one, as other errors do', () => {
  const options = { circuit: 'billing', state: 'open', retryAfterMs: 1 } as const
  const cause = new Error('down')
  expect(new CircuitOpenError(options)).not.toHaveProperty('cause')
  const error = new CircuitOpenError({ ...options, cause })
  expect(error.cause).toBe(cause)
  expect(Object.keys(error)).not.toContain('cause')
})
