import { expect, it } from 'vitest'
import { Distributed } from './distributed.ts'
import { ACCEPTED, ATTEMPT, CALL, MEASURED, completeTrace, tree } from './service-traces.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

interface Answer {
  readonly trace_id: string
  readonly signal_id: string
  readonly status: string
}

it(
  'a trace goes through JetStream to workers and downstream in processes of their own, and all of it is at the API',
  async () => {
    await using service = await Distributed.start({ TASK_MS: '1', CACHE_TTL_MS: '0' })
    const body = { signal_type: 'execute', payload: { task: 'far', product_id: 5 } }
    const answer = (await (await service.post(body, '/signal?wait=true')).json()) as Answer
    expect(answer.status).toBe('completed')
    const expected = [...ACCEPTED, ...ATTEMPT, '      FetchFromDatabase', ...CALL, ...MEASURED]
    // The spans of other processes come a little later than the answer.
    const trace = await completeTrace(service, answer.trace_id, expected.length)
    expect(tree(trace)).toEqual(expected.toSorted())
    expect(trace.spans.find(({ name }) => name === 'Kanban.Enqueue')?.attributes).toEqual({ 'queue.mode': 'nats' })

    // Each step is within the one around it, by the clocks of all processes, which here are one machine's.
    for (const { name, parent_span_id, start_ms, duration_ms } of trace.spans) {
      const parent = trace.spans.find(({ span_id }) => span_id === parent_span_id)
      if (!parent) continue
      expect(start_ms, name).toBeGreaterThanOrEqual(parent.start_ms - 1)
      expect(start_ms + duration_ms, name).toBeLessThanOrEqual(parent.start_ms + parent.duration_ms + 1)
    }

    await expect
      .poll(() =>
        service.log.flatMap((line) => (line['trace_id'] === answer.trace_id ? [line.process.replace(/-.*/, '')] : [])),
      )
      .toEqual(expect.arrayContaining(['api', 'worker']))

    // One database for all of them: an index that is made here is there for the workers.
    const made = await fetch(`${service.url}/admin/database/indexes/idx_products_id`, { method: 'POST' })
    expect(made.status).toBe(201)
    expect(await service.json('/admin/database')).toMatchObject({ system: 'sqlite', tables: [{ rows: 1_000 }, {}] })
  },
  MOST_MS,
)
