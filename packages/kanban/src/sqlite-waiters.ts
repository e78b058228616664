import { Asker } from './asker.ts'
import type { Request } from './sqlite-protocol.ts'

/** Waits in `put` or `offer` for an item to get in. It keeps its place in the line while it is asked for. */
export class PutAsker extends Asker<PutReceipt> {
  readonly request: Request
  /** Its item is on its way to the thread, and can't be taken back. */
  isAsked = false
  /** It has been told that there is no room. */
  wasRefused = false
  #abort: { readonly reason: unknown } | undefined

  constructor(request: Request, signal?: AbortSignal, onLeft?: () => void) {
    super(signal, onLeft)
    this.request = request
  }

  override aborted(reason: unknown): void {
    if (this.isAsked) this.#abort = { reason }
    else super.aborted(reason)
  }

  /** There was no room. It waits on, unless it gave up meanwhile. */
  refused(): void {
    this.isAsked = false
    this.wasRefused = true
    if (this.#abort) super.aborted(this.#abort.reason)
  }
}

/** What became of an item that was put in. */
export interface PutReceipt {
  /** The item's number in the file; of a duplicate, that of the item it repeats, 0 when that one is settled already. */
  readonly id: number
  /** Whether an item with the same key is there, or was settled lately: then nothing has changed. */
  readonly isDuplicate: boolean
}
