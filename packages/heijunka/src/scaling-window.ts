/** How finely time is divided: what is older than the window is forgotten up to a thirtieth of it late. */
const SLOTS = 30

/** The largest of the values of the last `windowMs`, in bounded memory: the maximum of each of its parts. */
export class MaxWindow {
  readonly #slotMs: number
  readonly #slots: { index: number; most: number }[] = []

  constructor(windowMs: number) {
    this.#slotMs = windowMs / SLOTS
  }

  /** Adds a value and returns the largest of the window, this one included. */
  add(nowMs: number, value: number): number {
    // A window of nothing: only the value itself.
    if (this.#slotMs === 0) return value
    const index = Math.floor(nowMs / this.#slotMs)
    while (this.#slots.length > 0 && (this.#slots[0] as { index: number }).index < index - SLOTS) this.#slots.shift()
    const last = this.#slots.at(-1)
    if (last?.index === index) last.most = Math.max(last.most, value)
    else this.#slots.push({ index, most: value })
    return Math.max(...this.#slots.map(({ most }) => most))
  }
}
