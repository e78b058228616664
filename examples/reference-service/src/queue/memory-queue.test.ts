import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DurationClassifier } from '@tps/heijunka'
import { readConfig } from '../config.ts'
import { signalOf } from '../line/line-fixtures.ts'
import { MemoryQueue } from './memory-queue.ts'

function queueOf(environment: Record<string, string> = {}, workers = 2) {
  const durations = new DurationClassifier<string>({ slowMs: 50 })
  return { durations, queue: new MemoryQueue(readConfig(environment), durations, workers) }
}

const named = (task: string, priority?: number) => signalOf({ payload: { task }, ...(priority && { priority }) })

describe('the queue in memory', () => {
  it('spreads signals over the lanes, and is full at its capacity', () => {
    const { queue } = queueOf({ MAX_QUEUE_DEPTH: '5' })
    expect(Array.from({ length: 7 }, () => queue.offer(signalOf()))).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
      false,
    ])
    expect(queue.state()).toMatchObject({ mode: 'memory', depth: 5, capacity: 5, byPriority: [0, 0, 5, 0] })
    expect([...queue.leveler().workerLoads].toSorted((a, b) => a - b)).toEqual([2, 3])
  })

  it('gives whoever pulls the most urgent signal, whichever lane its turn is in', () => {
    const { queue } = queueOf()
    for (const priority of [4, 1, 3, 2, 1]) queue.offer(named(`p${priority}`, priority))
    const pulled = [0, 1, 0, 1, 0].map((worker) => queue.source(worker).tryLease()?.item.request.payload.task)
    expect(pulled).toEqual(['p1', 'p1', 'p2', 'p3', 'p4'])
  })

  it('hands a signal to a worker that waits', async () => {
    const { queue } = queueOf({}, 1)
    const leasing = queue.source(0).lease()
    const signal = signalOf()
    queue.offer(signal)
    const lease = await leasing
    expect(lease.item).toBe(signal)
    expect(queue.state()).toMatchObject({ depth: 0, leased: 1 })
    await lease.ack()
    expect(queue.state()).toMatchObject({ leased: 0 })
  })

  it('puts a signal back whose worker has died, and one that is tried again', () => {
    const { queue } = queueOf({}, 1)
    const signal = signalOf()
    queue.offer(signal)
    const first = queue.source(0).tryLease()
    queue.giveBack(signal)
    void first?.ack()
    const second = queue.source(0).tryLease()
    expect(second).toMatchObject({ item: signal, attempt: 2 })
    void second?.retry()
    expect(queue.source(0).tryLease()).toMatchObject({ item: signal, attempt: 3 })
  })

  it('keeps slow work from taking all workers where they share one line', () => {
    const { queue, durations } = queueOf({ HEIJUNKA_STRATEGY: 'shared' }, 4)
    durations.record('execute slow', 90)
    for (let index = 0; index < 6; index++) queue.offer(signalOf({ payload: { type: 'slow' } }))
    queue.offer(named('fast'))
    const pulled = [0, 1, 2, 3].map((worker) => queue.source(worker).tryLease()?.item.request.payload)
    expect(pulled).toEqual([{ type: 'slow' }, { type: 'slow' }, { type: 'slow' }, { task: 'fast' }])
    expect(queue.source(0).tryLease()).toBeUndefined()
  })

  it('hands out each signal once, whatever comes in and goes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.record({ priority: fc.integer({ min: 1, max: 4 }) }), fc.record({ worker: fc.nat(2) })), {
          maxLength: 80,
        }),
        fc.constantFrom('per-worker', 'shared'),
        (steps, HEIJUNKA_STRATEGY) => {
          const { queue } = queueOf({ HEIJUNKA_STRATEGY, MAX_QUEUE_DEPTH: '20' }, 3)
          const offered: string[] = []
          const pulled: string[] = []
          const pull = (worker: number): boolean => {
            const lease = queue.source(worker).tryLease()
            if (!lease) return false
            pulled.push(lease.item.id)
            void lease.ack()
            return true
          }
          for (const step of steps)
            if ('worker' in step) pull(step.worker)
            else {
              const signal = signalOf({ priority: step.priority })
              if (queue.offer(signal)) offered.push(signal.id)
            }
          while ([0, 1, 2].some(pull));
          expect(pulled.toSorted()).toEqual(offered.toSorted())
          expect(queue.state()).toMatchObject({ depth: 0, leased: 0, byPriority: [0, 0, 0, 0] })
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('its dead letters', () => {
  it('are listed, shown, sent back and told from poison', async () => {
    const { queue } = queueOf()
    const signal = named('dead')
    queue.bury({ item: signal, errors: [new Error('down')], attempts: 1 })
    const [letter] = await queue.deadLetters.list({ after: 0, limit: 10 })
    expect(letter).toMatchObject({ signalId: signal.id, errors: ['down'], attempts: 1, poison: false })
    expect(await queue.deadLetters.list({ after: letter?.id ?? 0, limit: 10 })).toEqual([])
    expect(await queue.deadLetters.get(letter?.id ?? 0)).toEqual(letter)
    expect(await queue.deadLetters.get(99)).toBeUndefined()
    const revived: string[] = []
    const result = await queue.deadLetters.redrive({}, ({ id }) => void revived.push(id))
    expect(result).toEqual({ redriven: 1, skipped: 0, remaining: 0, ended: 'done' })
    expect(revived).toEqual([signal.id])
    const lease = queue.source(0).tryLease() ?? queue.source(1).tryLease()
    expect(lease?.item).toBe(signal)
    queue.bury({ item: signal, errors: [new Error('again')], attempts: 1 })
    expect(await queue.deadLetters.redrive({}, () => {})).toMatchObject({ redriven: 0, skipped: 1, remaining: 1 })
    expect(await queue.deadLetters.redrive({ poison: 'only' }, () => {})).toMatchObject({ redriven: 1 })
  })

  it('stay when there is no room', async () => {
    const { queue } = queueOf({ MAX_QUEUE_DEPTH: '1' })
    queue.bury({ item: signalOf(), errors: [], attempts: 1 })
    queue.offer(signalOf())
    expect(await queue.deadLetters.redrive({}, () => {})).toMatchObject({ redriven: 0, remaining: 1, ended: 'full' })
  })
})
