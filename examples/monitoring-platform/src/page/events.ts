import type { PassThrough } from 'node:stream'

/** What a browser that does not read may leave unread, in bytes. Then it is let go, and comes back by itself. */
export const MAX_UNREAD_BYTES = 1_048_576

/** Sends a server-sent event, or ends a stream that nobody reads. */
export function sendEvent(stream: PassThrough, event: string, data: unknown): void {
  if (stream.writableLength > MAX_UNREAD_BYTES) stream.destroy()
  else stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}
