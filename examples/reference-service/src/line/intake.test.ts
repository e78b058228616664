import { expect, it } from 'vitest'
import type { SignalQueue } from '../queue/signal-queue.ts'
import { Intake } from './intake.ts'
import { lineOf, signalOf } from './line-fixtures.ts'

it('accepts a signal that there is room for, and counts it', () => {
  const { accept, queue, register, ledger } = lineOf()
  const admission = accept({ priority: 2 })
  expect(admission).toMatchObject({ accepted: true, signal: { status: 'queued' } })
  expect(queue.state()).toMatchObject({ depth: 1, byPriority: [0, 1, 0, 0] })
  expect(register.active).toBe(1)
  expect(ledger.counters.snapshot()).toMatchObject({ incomingRate: expect.any(Number), byStatus: { rejected: 0 } })
})

it.each([
  ['shutting down', 503, (line: ReturnType<typeof lineOf>) => line.intake.close()],
  ['cord pulled', 503, (line: ReturnType<typeof lineOf>) => void line.cord.pull({ by: 'ann', reason: 'smoke' })],
  ['circuit breaker open', 503, (line: ReturnType<typeof lineOf>) => void (line.gate.isOpen = true)],
  [
    'rate limit',
    429,
    (line: ReturnType<typeof lineOf>) => void (line.settings.change({ rate_limit: 1 }), line.accept()),
  ],
  ['queue unavailable', 503, (line: ReturnType<typeof lineOf>) => void (line.cut.isCut = true)],
  ['queue full', 429, (line: ReturnType<typeof lineOf>) => void Array.from({ length: 100 }, () => line.accept())],
])('refuses with "%s" and %i', (reason, status, trouble) => {
  const line = lineOf()
  trouble(line)
  const before = line.register.active
  expect(line.accept()).toMatchObject({ accepted: false, reason, status, retryAfterMs: expect.any(Number) })
  expect(line.register.active).toBe(before)
  expect(line.ledger.counters.rejectedBy).toMatchObject({ [reason]: 1 })
  expect(line.ledger.slos.availability.snapshot().bad).toBe(1)
})

it('lets signals in that need no downstream while its circuit is open', () => {
  const { gate, accept } = lineOf()
  gate.isOpen = true
  expect(accept({ signal_type: 'validate' })).toMatchObject({ accepted: true })
  expect(accept({ signal_type: 'report' })).toMatchObject({ accepted: true })
})

it('opens the circuit in front of a queue that can not be reached', () => {
  const { cut, accept, queueBreaker } = lineOf()
  cut.isCut = true
  void accept()
  expect(queueBreaker.state).toBe('closed')
  void accept()
  expect(queueBreaker.state).toBe('open')
  expect(accept()).toMatchObject({ reason: 'queue unavailable' })
})

it('waits for a queue that is not in memory, and refuses when that fails or has no room', async () => {
  const line = lineOf()
  const answers: (boolean | Error)[] = [true, false, new Error('gone')]
  const queue = {
    mode: 'sqlite',
    state: () => line.queue.state(),
    offer: async () => {
      const answer = answers.shift()
      if (answer instanceof Error) throw answer
      return answer
    },
  } as unknown as SignalQueue
  const { ledger, register, queueBreaker, gate, cut, cord, experiments, settings } = line
  const { Ingress } = await import('../ingress.ts')
  const { silent } = await import('./line-fixtures.ts')
  const ingress = new Ingress(settings)
  const parts = { queue, ledger, register, queueBreaker, gate, cut, cord, experiments, ingress, log: silent }
  const intake = new Intake({ ...parts, estimateWaitMs: () => 10 })
  const accept = async () => await intake.accept({ signal_type: 'validate', payload: {} }, signalOf().trace!, 0)
  expect(await accept()).toMatchObject({ accepted: true })
  expect(await accept()).toMatchObject({ reason: 'queue full', retryAfterMs: 10 })
  expect(await accept()).toMatchObject({ reason: 'queue unavailable' })
  expect(register.active).toBe(1)
  expect(queueBreaker.snapshot()).toMatchObject({ consecutiveFailures: 1 })
})
