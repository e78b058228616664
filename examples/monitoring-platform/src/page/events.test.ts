import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { MAX_UNREAD_BYTES, sendEvent } from './events.ts'

it('sends an event as browsers read it', () => {
  const stream = new PassThrough()
  sendEvent(stream, 'samples', { a: { at: [1], values: [2] } })
  expect(String(stream.read())).toBe('event: samples\ndata: {"a":{"at":[1],"values":[2]}}\n\n')
})

it('lets go who leaves more than a mebibyte unread', async () => {
  const stream = new PassThrough()
  const closed = once(stream, 'close')
  const text = 'x'.repeat(65_536)
  let sent = 0
  while (!stream.destroyed) {
    sendEvent(stream, 'samples', text)
    sent += text.length
    expect(sent).toBeLessThan(2 * MAX_UNREAD_BYTES)
  }
  await closed
  expect(sent).toBeGreaterThan(MAX_UNREAD_BYTES)
})
