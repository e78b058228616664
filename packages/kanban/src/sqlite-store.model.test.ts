import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ClaimedRow, Request, StoreOptions } from './sqlite-protocol.ts'
import { SqliteStore } from './sqlite-store.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanban-model-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const OPTIONS: Omit<StoreOptions, 'path'> = {
  capacity: 5,
  classes: ['urgent', 'standard'],
  maxAgeMs: 300,
  synchronous: 'normal',
  leaseMs: 200,
  maxDeliveries: 3,
  deadLetterCapacity: 2,
  maxErrors: 2,
  dedupWindowMs: 0,
  maxKeys: 10,
  busyMs: 0,
  maxBytes: Number.POSITIVE_INFINITY,
}

type Step = { readonly passMs: number; readonly ask: (held: ClaimedRow[]) => Request | undefined }

const ms = fc.constantFrom(0, 50, 150, 400)
const standard = { item: 'x', key: null, tenant: null, headers: null }
const put = fc
  .record({
    class: fc.constantFrom('urgent', 'standard'),
    delayMs: ms,
    deadlineMs: fc.option(fc.constantFrom(100, 350)),
  })
  .map((each) => (): Request => ({ kind: 'put', ...standard, ...each }))
const claim = fc.integer({ min: 1, max: 3 }).map((count) => (): Request => ({ kind: 'claim', count }))
const end = fc.constantFrom<'ack' | 'release'>('ack', 'release').map((kind) => (held: ClaimedRow[]) => {
  const row = held.shift()
  return row && { kind, id: row.id, fence: row.fence }
})
const retry = ms.map((delayMs) => (held: ClaimedRow[]): Request | undefined => {
  const row = held.shift()
  return row && { kind: 'retry', id: row.id, fence: row.fence, delayMs, error: null }
})
const extend = fc.constantFrom(50, 150, 400).map((longer) => ([row]: ClaimedRow[]): Request | undefined => {
  return row && { kind: 'extend', id: row.id, fence: row.fence, ms: longer }
})
const bury = fc.constant((held: ClaimedRow[]): Request | undefined => {
  const row = held.pop()
  return row && { kind: 'dead-letter', id: row.id, fence: row.fence, error: '{}' }
})
const redrive = fc.integer({ min: 1, max: 20 }).map((id) => (): Request => ({ kind: 'redrive', id }))
const ask: fc.Arbitrary<Step['ask']> = fc.oneof(
  put,
  put,
  put,
  claim,
  claim,
  end,
  end,
  retry,
  retry,
  extend,
  extend,
  bury,
  redrive,
)
const steps = fc.array(fc.record({ passMs: fc.constantFrom(0, 0, 0, 10, 60, 210), ask }), {
  maxLength: 30,
  size: 'max',
})

it('remembers of the file what another process finds in it', () => {
  let runs = 0
  fc.assert(
    fc.property(steps, (all) => {
      let nowMs = 1_000_000_000_000
      const path = join(folder, `${runs++}.db`)
      const store = new SqliteStore({ ...OPTIONS, path }, () => nowMs)
      const other = new SqliteStore({ ...OPTIONS, path }, () => nowMs)
      const held: ClaimedRow[] = []
      for (const step of all) {
        nowMs += step.passMs
        const request = step.ask(held)
        if (!request) continue
        const { answers } = store.run([request])
        const claimed = request.kind === 'claim' ? (answers[0] as ClaimedRow[]) : undefined
        // It has not even looked at the file.
        if (claimed?.length === 0) continue
        held.push(...(claimed ?? []))
        // What came back overdue is found at the next look.
        const { nextAt, ...rest } = store.run([]).standing
        const { nextAt: foundAt, ...found } = other.run([]).standing
        // Whatever was due has been done: the other one finds nothing to do, and sees the same.
        expect(found).toEqual({ ...rest, expired: 0, leasesLost: 0, poisoned: 0, deadDropped: 0 })
        // It may look too early, once, but never too late.
        if (foundAt !== null) expect(nextAt).toBeLessThanOrEqual(foundAt)
      }
      store.close()
      other.close()
    }),
    { numRuns: 50 },
  )
})
