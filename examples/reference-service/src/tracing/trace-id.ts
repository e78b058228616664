import { randomFillSync } from 'node:crypto'

/** Random bytes, drawn in advance, many at a time: much quicker than to ask for some each time. */
const drawn = Buffer.alloc(4_096)
let next = drawn.length

function draw(bytes: number): string {
  if (next + bytes > drawn.length) {
    randomFillSync(drawn)
    next = 0
  }
  const from = next
  next += bytes
  return drawn.toString('hex', from, next)
}

/** A new trace id: 32 hexadecimal digits, as W3C trace context has them. */
export function newTraceId(): string {
  return draw(16)
}

/** A new span id: 16 hexadecimal digits. */
export function newSpanId(): string {
  return draw(8)
}
