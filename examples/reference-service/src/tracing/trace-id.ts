import { randomFillSync } from 'node:crypto'

const BYTES = 16
/** Drawn in advance, many at a time: much quicker than to ask for some each time. */
const drawn = Buffer.alloc(BYTES * 256)
let next = drawn.length

/** A new trace id: 32 hexadecimal digits, as W3C trace context has them. */
export function newTraceId(): string {
  if (next === drawn.length) {
    randomFillSync(drawn)
    next = 0
  }
  const from = next
  next += BYTES
  return drawn.toString('hex', from, next)
}
