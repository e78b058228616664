const [QUOTE, BACKSLASH, COLON, COMMA, OPEN, CLOSE, SPACE, MINUS, DOT] = [34, 92, 58, 44, 123, 125, 32, 45, 46]
const [ZERO, NINE] = [48, 57]
const [
  LETTER_A,
  LETTER_E,
  LETTER_G,
  LETTER_I,
  LETTER_L,
  LETTER_M,
  LETTER_N,
  LETTER_P,
  LETTER_S,
  LETTER_T,
  LETTER_U,
  LETTER_V,
] = [97, 101, 103, 105, 108, 109, 110, 112, 115, 116, 117, 118]
const HASH_SEED = -2_128_831_035
const HASH_FACTOR = 16_777_619
/** Numbers of so many digits are exact, and so is one division by a power of ten up to 10^22 (Clinger, 1990). */
const MAX_DIGITS = 15
const POWERS = Array.from({ length: 23 }, (_, exponent) => 10 ** exponent)

/**
 * Reads the usual form of a sample from bytes, without making a text of it:
 * `{"name":"cpu_usage","value":85.5,"timestamp":1700000000000,"tags":{"host":"a"}}`, in any order, with single spaces.
 * What is in any way unusual (escapes, exponents, long numbers, other properties) is left to `JSON.parse`.
 */
export class PlainSample {
  nameAt = 0
  nameLength = 0
  /** Where the tags are, with their braces; their length is 0 when there are none. */
  tagsAt = 0
  tagsLength = 0
  value = 0
  /** -1 when there is none. */
  timestamp = -1
  /** Of the name and the tags. */
  hash = 0
  #number = 0

  /** Reads the object that begins at `at`. The place after it, or -1 when it is not of the usual form. */
  read(bytes: Uint8Array, at: number): number {
    if (bytes[at] !== OPEN) return -1
    let seen = 0
    let nameHash = HASH_SEED
    let tagsHash = 0
    this.tagsAt = 0
    this.tagsLength = 0
    this.timestamp = -1
    at++
    for (;;) {
      if (bytes[at] === SPACE) at++
      if (bytes[at] !== QUOTE) return -1
      const key = bytes[at + 1]
      if (
        key === LETTER_N &&
        bytes[at + 2] === LETTER_A &&
        bytes[at + 3] === LETTER_M &&
        bytes[at + 4] === LETTER_E &&
        bytes[at + 5] === QUOTE
      ) {
        if ((seen & 1) !== 0) return -1
        seen |= 1
        at = afterColon(bytes, at + 6)
        if (at === -1 || bytes[at] !== QUOTE) return -1
        const start = ++at
        let byte = bytes[at]!
        while (byte !== QUOTE) {
          if (byte === BACKSLASH || byte < SPACE || byte === undefined) return -1
          nameHash = Math.imul(nameHash ^ byte, HASH_FACTOR)
          byte = bytes[++at]!
        }
        this.nameAt = start
        this.nameLength = at - start
        at++
      } else if (
        key === LETTER_V &&
        bytes[at + 2] === LETTER_A &&
        bytes[at + 3] === LETTER_L &&
        bytes[at + 4] === LETTER_U &&
        bytes[at + 5] === LETTER_E &&
        bytes[at + 6] === QUOTE
      ) {
        if ((seen & 2) !== 0) return -1
        seen |= 2
        at = this.#readNumber(bytes, afterColon(bytes, at + 7), true)
        if (at === -1) return -1
        this.value = this.#number
      } else if (
        key === LETTER_T &&
        bytes[at + 2] === LETTER_I &&
        bytes[at + 3] === LETTER_M &&
        bytes[at + 4] === LETTER_E &&
        bytes[at + 5] === LETTER_S &&
        bytes[at + 6] === LETTER_T &&
        bytes[at + 7] === LETTER_A &&
        bytes[at + 8] === LETTER_M &&
        bytes[at + 9] === LETTER_P &&
        bytes[at + 10] === QUOTE
      ) {
        if ((seen & 4) !== 0) return -1
        seen |= 4
        at = this.#readNumber(bytes, afterColon(bytes, at + 11), false)
        if (at === -1 || this.#number < 0) return -1
        this.timestamp = this.#number
      } else if (
        key === LETTER_T &&
        bytes[at + 2] === LETTER_A &&
        bytes[at + 3] === LETTER_G &&
        bytes[at + 4] === LETTER_S &&
        bytes[at + 5] === QUOTE
      ) {
        if ((seen & 8) !== 0) return -1
        seen |= 8
        at = afterColon(bytes, at + 6)
        if (at === -1 || bytes[at] !== OPEN) return -1
        const start = at
        tagsHash = HASH_SEED
        // The braces within texts don't count, and there are no others but the last.
        let isText = false
        for (let byte = bytes[++at]!; byte !== CLOSE || isText; byte = bytes[++at]!) {
          if (byte === QUOTE) isText = !isText
          else if (byte === BACKSLASH || byte < SPACE || byte === undefined || (byte === OPEN && !isText)) return -1
          tagsHash = Math.imul(tagsHash ^ byte, HASH_FACTOR)
        }
        at++
        this.tagsAt = start
        this.tagsLength = at - start
      } else return -1
      if (bytes[at] === SPACE) at++
      if (bytes[at] === COMMA) at++
      else if (bytes[at] === CLOSE) break
      else return -1
    }
    if ((seen & 3) !== 3) return -1
    const hash = Math.imul(nameHash ^ (tagsHash >>> 15) ^ tagsHash, HASH_FACTOR)
    this.hash = hash ^ (hash >>> 16)
    return at + 1
  }

  #readNumber(bytes: Uint8Array, at: number, mayHaveFraction: boolean): number {
    if (at === -1) return -1
    const isNegative = bytes[at] === MINUS
    if (isNegative) at++
    const start = at
    let number = 0
    let byte = bytes[at]!
    while (byte >= ZERO && byte <= NINE) {
      number = 10 * number + byte - ZERO
      byte = bytes[++at]!
    }
    let digits = at - start
    if (digits === 0 || (digits > 1 && bytes[start] === ZERO)) return -1
    let fraction = 0
    if (byte === DOT && mayHaveFraction) {
      const point = at
      byte = bytes[++at]!
      while (byte >= ZERO && byte <= NINE) {
        number = 10 * number + byte - ZERO
        byte = bytes[++at]!
      }
      fraction = at - point - 1
      if (fraction === 0) return -1
      digits += fraction
    }
    if (digits > MAX_DIGITS || (byte !== COMMA && byte !== CLOSE && byte !== SPACE)) return -1
    if (fraction > 0) number /= POWERS[fraction]!
    this.#number = isNegative ? -number : number
    return at
  }
}

function afterColon(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== COLON) return -1
  return bytes[at + 1] === SPACE ? at + 2 : at + 1
}
