const MAX_ENTRIES = 1 << 19
const MAX_BYTES = 1 << 26

/**
 * The numbers of series by the bytes that clients write them with: the name, and the tags as they stand in the JSON text.
 * The same series written in another order is another entry. A hit means that these very bytes were read and found well
 * before, so they need not be looked at again.
 */
export class KnownTexts {
  /** Number of the entry plus 1, by hash; 0 where there is none. */
  #slots = new Int32Array(1 << 12)
  #hashes = new Int32Array(1 << 11)
  #ids = new Int32Array(1 << 11)
  #starts = new Int32Array(1 << 11)
  #nameLengths = new Int32Array(1 << 11)
  #tagsLengths = new Int32Array(1 << 11)
  #bytes = new Uint8Array(1 << 16)
  #size = 0
  #used = 0

  get size(): number {
    return this.#size
  }

  /** The number of the series, or -1. `hash` is that of {@link hashOf}. */
  find(
    hash: number,
    bytes: Uint8Array,
    nameAt: number,
    nameLength: number,
    tagsAt: number,
    tagsLength: number,
  ): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#slots[slot]! - 1
      if (entry < 0) return -1
      if (
        this.#hashes[entry] === hash &&
        this.#nameLengths[entry] === nameLength &&
        this.#tagsLengths[entry] === tagsLength &&
        this.#isSame(this.#starts[entry]!, bytes, nameAt, nameLength) &&
        this.#isSame(this.#starts[entry]! + nameLength, bytes, tagsAt, tagsLength)
      )
        return this.#ids[entry]!
    }
  }

  /** Remembers bytes that were found well. When it is full it begins anew. */
  add(
    hash: number,
    bytes: Uint8Array,
    nameAt: number,
    nameLength: number,
    tagsAt: number,
    tagsLength: number,
    id: number,
  ): void {
    const length = nameLength + tagsLength
    if (this.#size >= MAX_ENTRIES || this.#used + length > MAX_BYTES) this.#clear()
    if (this.#size === this.#ids.length) this.#growEntries()
    if (this.#used + length > this.#bytes.length) this.#growBytes(this.#used + length)
    const entry = this.#size++
    this.#hashes[entry] = hash
    this.#ids[entry] = id
    this.#starts[entry] = this.#used
    this.#nameLengths[entry] = nameLength
    this.#tagsLengths[entry] = tagsLength
    this.#bytes.set(bytes.subarray(nameAt, nameAt + nameLength), this.#used)
    this.#bytes.set(bytes.subarray(tagsAt, tagsAt + tagsLength), this.#used + nameLength)
    this.#used += length
    this.#enter(entry)
  }

  #isSame(start: number, bytes: Uint8Array, at: number, length: number): boolean {
    const own = this.#bytes
    for (let index = 0; index < length; index++) if (own[start + index] !== bytes[at + index]) return false
    return true
  }

  #enter(entry: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes[entry]! & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = entry + 1
  }

  #growEntries(): void {
    this.#hashes = grown(this.#hashes)
    this.#ids = grown(this.#ids)
    this.#starts = grown(this.#starts)
    this.#nameLengths = grown(this.#nameLengths)
    this.#tagsLengths = grown(this.#tagsLengths)
    // Never more than half full.
    this.#slots = new Int32Array(2 * this.#slots.length)
    for (let entry = 0; entry < this.#size; entry++) this.#enter(entry)
  }

  #growBytes(needed: number): void {
    const next = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    next.set(this.#bytes)
    this.#bytes = next
  }

  #clear(): void {
    this.#slots.fill(0)
    this.#size = 0
    this.#used = 0
  }
}

function grown(old: Int32Array): Int32Array<ArrayBuffer> {
  const next = new Int32Array(2 * old.length)
  next.set(old)
  return next
}
