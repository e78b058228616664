import { expect, it } from 'vitest'
import { traceIdFrom } from './signal.ts'

it("takes the trace id of a caller's traceparent", () => {
  expect(traceIdFrom('00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01')).toBe(
    '4bf92f3577b34da6a3ce929d0e0e4736',
  )
})

it.each([
  undefined,
  '',
  'nonsense',
  '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
  '00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01',
  ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
])('makes a new trace id when there is no valid traceparent: %j', (header) => {
  const first = traceIdFrom(header)
  expect(first).toMatch(/^[\da-f]{32}$/)
  expect(traceIdFrom(header)).not.toBe(first)
})
