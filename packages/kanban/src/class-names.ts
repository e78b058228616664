const SLOTS = 64

/**
 * Finds a class by its name. The place to look first depends on the ends of the name alone: a map would hash, and a search
 * through all of them mispredicts, and either takes longer than the rest of an `offer`.
 */
export class ClassNames {
  readonly #names: readonly string[]
  readonly #first: Uint8Array = new Uint8Array(SLOTS)

  constructor(names: readonly string[]) {
    this.#names = names
    for (const [lane, name] of names.entries()) this.#first[slotOf(name)] = lane
  }

  /** Its number. @throws RangeError for a name that is none of them, TypeError for what is no name. */
  laneOf(name: string): number {
    if (typeof name !== 'string') throw new TypeError(`class must be a string, got ${String(name)}`)
    const first = this.#first[slotOf(name)] as number
    return this.#names[first] === name ? first : this.#search(name)
  }

  #search(name: string): number {
    const lane = this.#names.indexOf(name)
    if (lane < 0) throw new RangeError(`class must be one of ${this.#names.join(', ')}, got ${name}`)
    return lane
  }
}

function slotOf(name: string): number {
  return (name.charCodeAt(0) * 5 + name.charCodeAt(name.length - 1) * 3 + name.length) & (SLOTS - 1)
}
