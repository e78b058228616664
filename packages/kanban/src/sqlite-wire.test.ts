import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Answer, Request } from './sqlite-protocol.ts'
import { packAnswers, packRequests, unpackAnswers, unpackRequests } from './sqlite-wire.ts'

const number = fc.integer({ min: 0 })
const text = fc.string()
const maybe = <V>(each: fc.Arbitrary<V>): fc.Arbitrary<V | null> => fc.option(each)
const kind = <K extends string>(name: K): fc.Arbitrary<K> => fc.constant(name)
const item = fc.oneof(text, fc.uint8Array())
const common = { item, class: text, key: maybe(text), tenant: maybe(text), headers: maybe(text) }
const handle = { id: number, fence: number }

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: kind('put'), ...common, delayMs: number, deadlineMs: maybe(number) }),
  fc.record({ kind: kind('claim'), count: number }),
  fc.record({ kind: kind('ack'), ...handle }),
  fc.record({ kind: kind('retry'), ...handle, delayMs: number, error: maybe(text) }),
  fc.record({ kind: kind('release'), ...handle }),
  fc.record({ kind: kind('extend'), ...handle, ms: number }),
  fc.record({ kind: kind('dead-letter'), ...handle, error: text }),
  fc.record({ kind: kind('list-dead'), after: number, limit: number }),
  fc.record({ kind: kind('redrive'), id: number }),
  fc.record({ kind: kind('remove-dead'), id: number }),
)

const answer: fc.Arbitrary<Answer> = fc.oneof(
  fc.constantFrom('done', 'lost', 'full', 'duplicate'),
  fc.record({ how: fc.constantFrom('in', 'full', 'duplicate'), id: number }),
  fc.array(fc.record({ ...common, ...handle, attempt: number, createdAt: number, errors: maybe(text) })),
  fc.array(
    fc.record({
      ...common,
      id: number,
      attempt: number,
      createdAt: number,
      diedAt: number,
      errors: text,
      redrives: number,
    }),
  ),
)

it('gives every request back as it was', () => {
  fc.assert(
    fc.property(fc.array(request), (requests) => {
      expect(unpackRequests(structuredClone(packRequests(requests)))).toEqual(requests)
    }),
  )
})

it('gives every answer back as it was', () => {
  fc.assert(
    fc.property(fc.array(answer), (answers) => {
      expect(unpackAnswers(structuredClone(packAnswers(answers)))).toEqual(answers)
    }),
  )
})
