import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import { describe, expect, it } from 'vitest'
import { SpanExport } from './span-export.ts'

type Done = Parameters<SpanExporter['export']>[1]

/** An exporter whose batches wait for an answer. */
function setUp(maxQueueSize = 4) {
  const batches: { readonly names: readonly string[]; readonly done: Done }[] = []
  const changes: (string | undefined)[] = []
  const exporter: SpanExporter = {
    export: (spans, done) => void batches.push({ names: spans.map(({ name }) => name), done }),
    shutdown: async () => undefined,
  }
  const sending = new SpanExport(exporter, {
    maxQueueSize,
    maxExportBatchSize: 2,
    scheduledDelayMillis: 60_000,
    exportTimeoutMillis: 60_000,
    onChange: (error) => void changes.push(error?.message),
  })
  const end = (name: string): void =>
    sending.onEnd({ name, spanContext: () => ({ traceFlags: 1 }), resource: {} } as unknown as ReadableSpan)
  const answer = (error?: Error): void => {
    const code: number = error ? 1 : 0
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the enum is in a package that this one does not depend on
    batches.shift()?.done({ code, ...(error && { error }) })
  }
  return { sending, batches, changes, end, answer }
}

describe('the sending of spans', () => {
  it('counts what was taken and what was not, and tells when that changes', async () => {
    const { sending, batches, changes, end, answer } = setUp()
    end('a')
    end('b')
    await expect.poll(() => batches.length).toBe(1)
    expect(batches[0]?.names).toEqual(['a', 'b'])
    answer(new Error('ECONNREFUSED'))
    end('c')
    end('d')
    await expect.poll(() => batches.length).toBe(1)
    expect(sending.snapshot()).toEqual({ exported: 0, failed: 2, dropped: 0, lastError: 'ECONNREFUSED' })
    answer()
    await expect.poll(() => sending.snapshot().exported).toBe(2)
    expect(sending.snapshot().lastError).toBeNull()
    expect(changes).toEqual(['ECONNREFUSED', undefined])
  })

  it('loses what is too much, and counts it', async () => {
    const { sending, batches, end, answer } = setUp()
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) end(name)
    await expect.poll(() => batches.length).toBe(1)
    expect(sending.snapshot().dropped).toBe(1)
    answer()
    await expect.poll(() => batches.length).toBe(1)
    answer()
    await expect.poll(() => batches.length).toBe(1)
    answer()
    await expect.poll(() => sending.snapshot().exported).toBe(6)
  })
})
