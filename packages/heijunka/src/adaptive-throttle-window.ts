/** In how many steps a window moves. */
const SLOTS = 60

/** What became of the calls of the last `windowMs`. A ring of slots with a running total: O(1), without a timer. */
export class ThrottleWindow {
  readonly multiplier: number
  readonly #maxRejectRatio: number
  readonly #slotMs: number
  readonly #requests = new Float64Array(SLOTS)
  readonly #accepts = new Float64Array(SLOTS)
  #slot: number
  #allRequests = 0
  #allAccepts = 0

  constructor(multiplier: number, maxRejectRatio: number, windowMs: number, nowMs: number) {
    this.multiplier = multiplier
    this.#maxRejectRatio = maxRejectRatio
    this.#slotMs = windowMs / SLOTS
    this.#slot = Math.floor(nowMs / this.#slotMs)
  }

  /** A call was tried, and accepted by the other side or not. */
  record(isAccepted: boolean, nowMs: number): void {
    this.#advance(nowMs)
    const index = indexOf(this.#slot)
    this.#requests[index] = (this.#requests[index] as number) + 1
    this.#allRequests++
    if (!isAccepted) return
    this.#accepts[index] = (this.#accepts[index] as number) + 1
    this.#allAccepts++
  }

  /** How many were tried, held back ones included, and how many accepted. */
  counts(nowMs: number): { readonly requests: number; readonly accepts: number } {
    this.#advance(nowMs)
    return { requests: this.#allRequests, accepts: this.#allAccepts }
  }

  /** The probability with which the next call is held back. */
  rejectRatio(nowMs: number): number {
    this.#advance(nowMs)
    const ratio = (this.#allRequests - this.multiplier * this.#allAccepts) / (this.#allRequests + 1)
    return Math.min(this.#maxRejectRatio, Math.max(0, ratio))
  }

  /** Empties every slot that has left the window since the last look. */
  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs)
    const elapsed = slot - this.#slot
    if (elapsed <= 0) return
    for (let step = 1; step <= Math.min(elapsed, SLOTS); step++) {
      const index = indexOf(this.#slot + step)
      this.#allRequests -= this.#requests[index] as number
      this.#allAccepts -= this.#accepts[index] as number
      this.#requests[index] = this.#accepts[index] = 0
    }
    this.#slot = slot
  }
}

/** Of a slot that may lie before the beginning of time. */
function indexOf(slot: number): number {
  return ((slot % SLOTS) + SLOTS) % SLOTS
}
