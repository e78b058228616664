import type { Timer, Timers } from '@tps/internal'

/** How often it looks while it waits, in ms: nobody tells a pool that its source was emptied by others. */
const LOOK_MS = 20

/** Whether everything is done. `'unsure'` when an item may be on its way from the source to a worker. */
export type Drained = 'yes' | 'no' | 'unsure'

/** Those that wait for everything to be done. */
export class Drain {
  readonly #timers: Timers
  readonly #look: () => Drained
  #waiting: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = []
  #timer: Timer | undefined
  #isConfirming = false

  constructor(timers: Timers, look: () => Drained) {
    this.#timers = timers
    this.#look = look
  }

  wait(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.check()
    })
  }

  /** Something has changed. */
  check(): void {
    if (this.#waiting.length > 0) this.#conclude(this.#look())
  }

  /** It will never be done. */
  fail(reason: unknown): void {
    for (const { reject } of this.#end()) reject(reason)
  }

  #conclude(drained: Drained): void {
    if (drained === 'yes') {
      for (const { resolve } of this.#end()) resolve()
      return
    }
    if (drained === 'no' && this.#timer && !this.#isConfirming) return
    this.#timer?.cancel()
    this.#isConfirming = drained === 'unsure'
    // Unsure twice, with a turn of the event loop between, is sure: what was on its way has arrived.
    this.#timer = this.#timers.schedule(this.#isConfirming ? 0 : LOOK_MS, () => {
      this.#timer = undefined
      const again = this.#look()
      this.#conclude(drained === 'unsure' && again === 'unsure' ? 'yes' : again)
    })
  }

  #end(): readonly { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] {
    this.#timer?.cancel()
    this.#timer = undefined
    const waiting = this.#waiting
    this.#waiting = []
    return waiting
  }
}
