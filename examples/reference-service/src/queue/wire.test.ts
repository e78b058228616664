import { expect, it } from 'vitest'
import { signalOf } from '../line/line-fixtures.ts'
import { restored, stored } from './wire.ts'

it('is the same signal after it was written down', () => {
  const signal = signalOf({ priority: 2, payload: { task: 'x', latency_ms: 5 }, timeout_ms: 100 })
  signal.variant = 'treatment'
  const written = JSON.parse(JSON.stringify(stored(signal))) as ReturnType<typeof stored>
  const createdAt = Date.now() + 5
  const again = restored(written, createdAt)
  const { id, traceId, request, acceptedAt, variant } = signal
  expect(again).toMatchObject({ id, traceId, request, acceptedAt, variant, status: 'queued', putAt: createdAt })
  expect(again.receivedMs).toBeCloseTo(signal.receivedMs, 3)
  expect(again.acceptedMs).toBeCloseTo(signal.acceptedMs, 3)
  expect(again.enqueuedMs).toBeCloseTo(createdAt - performance.timeOrigin, 3)
  expect(again.traceparent).toContain(traceId)
})
