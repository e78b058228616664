/**
 * Which of two variants has a turn: each block is one turn of both, and chance decides which comes first. No turn is
 * remembered: the same seed gives the same order, in every process and in any order of asking.
 */
export function variantOf(slice: number, seed: number): 0 | 1 {
  const block = Math.floor(slice / 2)
  const isSecond = slice % 2 === 1
  return (mix(seed, block) & 1) === (isSecond ? 0 : 1) ? 1 : 0
}

/** A well-mixed 32-bit number for a pair of numbers: two rounds of the finalizer of MurmurHash3. */
function mix(seed: number, block: number): number {
  let value = finalize((seed ^ (seed / 2 ** 32)) | 0)
  value = finalize(value ^ (block | 0) ^ Math.imul(Math.floor(block / 2 ** 32), 0x9e3779b9))
  return value
}

function finalize(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16) ^ 0x9e3779b9, 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
