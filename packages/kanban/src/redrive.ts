import type { Clock, Timers } from '@tps/internal'
import type { DeadLetter } from './dead-letter.ts'
import type { Receipt } from './entry.ts'
import type { CheckedRedriveOptions, RedriveReport } from './redrive-options.ts'

/** How long to wait before an item is offered again to a target that can't say when it has room, in ms. */
const OFFER_AGAIN_MS = 100

/** The dead-letter queue as its redrives see it. */
export interface RedriveHome<T> {
  readonly size: number
  ids(): readonly number[]
  /** The letter, unless it is gone or another redrive is just sending it. */
  sendable(id: number): DeadLetter<T> | undefined
  /** Lets `send` offer the letter's item, and takes the letter out when it answers `true`. Passes on what it throws. */
  send(letter: DeadLetter<T>, send: (receipt: Receipt) => boolean | PromiseLike<boolean>): Promise<boolean>
}

/** One redrive: letter after letter at its pace, until all had their turn or something ends it. */
export class Redrive<T> {
  readonly #home: RedriveHome<T>
  readonly #options: CheckedRedriveOptions<T>
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #end = new AbortController()
  #wake: (() => void) | undefined
  /** Until when the next one has to wait. */
  #dueMs = Number.NEGATIVE_INFINITY
  #redriven = 0
  #refused = 0
  #skipped = 0

  constructor(home: RedriveHome<T>, options: CheckedRedriveOptions<T>, clock: Clock, timers: Timers) {
    this.#home = home
    this.#options = options
    this.#clock = clock
    this.#timers = timers
  }

  /** Ends it: nothing more is sent. What is being offered is waited for. */
  stop(reason?: unknown): void {
    this.#end.abort(reason)
    this.#wake?.()
  }

  async run(): Promise<RedriveReport> {
    const { signal } = this.#options
    const onAbort = (): void => this.stop(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted) onAbort()
    try {
      return this.#report(await this.#sendAll())
    } catch (error) {
      // A target that heeds the signal throws its reason.
      return this.#end.signal.aborted ? this.#report('aborted') : { ...this.#report('failed'), error }
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  async #sendAll(): Promise<'done' | 'full' | 'aborted'> {
    const { whenFull, wants } = this.#options
    for (const id of this.#home.ids()) {
      if (this.#isEnding) return 'aborted'
      const letter = this.#home.sendable(id)
      if (!letter) continue
      if (!wants(letter)) {
        this.#skipped++
        continue
      }
      const isSent = await this.#send(id)
      if (isSent === true) this.#redriven++
      else if (isSent === false) this.#refused++
      if (isSent === false && whenFull === 'stop') return 'full'
      if (isSent === undefined && this.#isEnding) return 'aborted'
    }
    return 'done'
  }

  /** Whether the target has taken it; `undefined` when it was gone, or all was over, once its time had come. */
  async #send(id: number): Promise<boolean | undefined> {
    const { spacingMs, whenFull } = this.#options
    for (let waitMs = 0; ; waitMs = OFFER_AGAIN_MS) {
      const nowMs = this.#clock.now()
      const dueMs = Math.max(this.#dueMs, nowMs + waitMs)
      if (dueMs > nowMs) await this.#sleepUntil(dueMs)
      const letter = this.#isEnding ? undefined : this.#home.sendable(id)
      if (!letter) return undefined
      this.#dueMs = this.#clock.now() + spacingMs
      if (await this.#home.send(letter, (receipt) => this.#offer(letter, receipt))) return true
      if (whenFull !== 'wait') return false
    }
  }

  async #offer(letter: DeadLetter<T>, ownReceipt: Receipt): Promise<boolean> {
    const { into, whenFull, spacingMs } = this.#options
    const { signal } = this.#end
    if (typeof into === 'function') return await into(letter.item, { letter, signal })
    const receipt = into.carriesReceipts === true ? ownReceipt : undefined
    try {
      if (whenFull !== 'wait' || !into.put) return await into.offer(letter.item, { signal, receipt })
      await into.put(letter.item, { signal, receipt })
      // After a wait for room the next one keeps its distance too.
      this.#dueMs = this.#clock.now() + spacingMs
      return true
    } catch (error) {
      if (isFull(error)) return false
      throw error
    }
  }

  async #sleepUntil(dueMs: number): Promise<void> {
    for (let restMs = dueMs - this.#clock.now(); restMs > 0; restMs = dueMs - this.#clock.now()) {
      if (this.#isEnding) return
      await new Promise<void>((resolve) => {
        const timer = this.#timers.schedule(restMs, resolve)
        this.#wake = () => {
          timer.cancel()
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  get #isEnding(): boolean {
    return this.#end.signal.aborted
  }

  #report(ended: RedriveReport['ended']): RedriveReport {
    return {
      redriven: this.#redriven,
      refused: this.#refused,
      skipped: this.#skipped,
      remaining: this.#home.size,
      ended,
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_QUEUE_FULL'
}
