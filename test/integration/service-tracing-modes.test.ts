import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ACCEPTED, ATTEMPT, CALL, MEASURED, type TraceView, completeTrace, tree } from './service-traces.ts'
import { RunningService, until } from './service.ts'

const WELL = [...ACCEPTED, ...ATTEMPT, ...CALL, ...MEASURED]

interface Answer {
  readonly trace_id: string
  readonly status: string
}

describe('other ways to trace', () => {
  it('TRACING=off makes no spans, and ids are there all the same', async () => {
    await using quiet = await RunningService.start({ TRACING: 'off' })
    const answer = (await (await quiet.execute('x', '/signal?wait=true')).json()) as Answer
    expect(answer).toMatchObject({ status: 'completed', trace_id: expect.stringMatching(/^[\da-f]{32}$/) })
    expect(await quiet.json('/traces')).toMatchObject({ traces: [], kept: 0, sampler: 'off' })
    expect(await quiet.json(`/traces/${answer.trace_id}`)).toMatchObject({ message: 'Tracing is off.' })
    await expect
      .poll(() => quiet.log.filter((line) => line['trace_id'] === answer.trace_id))
      .toMatchObject([{ msg: 'completed' }])
  })

  it('a trace goes through the file of QUEUE=sqlite, also into the next process', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tps-traced-'))
    const environment = { QUEUE: 'sqlite', QUEUE_FILE: join(folder, 'queue.db'), WORKER_COUNT: '1', TASK_MS: '1' }
    try {
      const first = await RunningService.start(environment)
      await first.execute('known', '/signal?wait=true')
      const { trace_id } = (await (await first.execute('known', '/signal?wait=true')).json()) as Answer
      expect(tree(await completeTrace(first, trace_id))).toEqual(WELL.toSorted())
      await first.set({ task_ms: 60_000 })
      await first.execute('stays')
      const left = (await (await first.execute('known')).json()) as Answer
      await first.end('SIGKILL')

      await using second = await RunningService.start(environment)
      const resumed = await until(
        async () => await second.json<TraceView>(`/traces/${left.trace_id}`),
        ({ spans }) => spans?.some(({ name }) => name === 'Jidoka.Check'),
        20_000,
      )
      expect(resumed.in_progress).toBe(true)
      expect(tree(resumed)).toEqual(
        expect.arrayContaining(['ProcessWork', '  ExecuteTask', 'Worker.Dequeue', '  WaitForWork']),
      )
      expect(
        new Set(resumed.spans.filter(({ depth }) => depth === 0).map(({ parent_span_id }) => parent_span_id)).size,
      ).toBe(1)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('refuses a configuration that it can not use, and says what of it', async () => {
    const failures = [
      { OTEL_TRACES_SAMPLER: 'sometimes', OTEL_TRACES_SAMPLER_ARG: '2' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere', OTEL_RESOURCE_ATTRIBUTES: 'nothing' },
    ].map(async (environment) => await RunningService.start(environment).then(String, String))
    const [one, other] = await Promise.all(failures)
    expect(one).toContain('OTEL_TRACES_SAMPLER must be one of')
    expect(one).toContain('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1')
    expect(other).toContain('OTEL_EXPORTER_OTLP_ENDPOINT must be a URL')
    expect(other).toContain('OTEL_RESOURCE_ATTRIBUTES must be "key=value,key=value"')
  })
})
