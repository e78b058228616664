import type PQueue from 'p-queue'
import { SafeEmitter } from '@tps/internal'
import { ChannelFullError } from './channel-full-error.ts'
import { ChannelTimeoutError } from './channel-timeout-error.ts'
import { type AlertDigest, type DigestChannel, digestOf } from './digest.ts'
import type { SendPermit } from './reliable-circuit.ts'
import type { ReliableChannelEvents } from './reliable-events.ts'
import { CircuitGuard } from './reliable-guard.ts'
import { Holds } from './reliable-holds.ts'
import { type Errand, type Failure, Item } from './reliable-item.ts'
import { WaitingLine } from './reliable-line.ts'
import type { CheckedDelivery } from './reliable-options.ts'
import { Pauses, askedPauseMs, backoffMs } from './reliable-pauses.ts'
import { SignalWatch } from './reliable-signals.ts'
import { readField, tryOnce } from './reliable-try.ts'
import { turnsOf } from './reliable-turns.ts'

/** Brings errands to their end: when their turn comes, as often as it takes, alone or folded into a digest. */
export class ReliableDelivery {
  readonly events: SafeEmitter<ReliableChannelEvents>
  readonly guard: CircuitGuard | undefined
  readonly counts = {
    sending: 0,
    delivered: 0,
    failed: 0,
    dropped: 0,
    retries: 0,
    timeouts: 0,
    digests: 0,
    digested: 0,
  }
  readonly #name: string
  readonly #options: CheckedDelivery
  readonly #sendDigest: DigestChannel['sendDigest'] | undefined
  /** Gives turns: one task waits as long as items do. Which item takes the turn is decided when it comes. */
  readonly #turns: PQueue
  readonly #holds: Holds
  readonly #items = new Set<Item>()
  readonly #ready = new WaitingLine()
  readonly #pauses: Pauses
  readonly #signals = new SignalWatch<Item>((item, reason) => this.#abort(item, reason))
  #digestDueMs = -Infinity
  #isAsking = false
  #droppedSince = 0

  constructor(name: string, options: CheckedDelivery, sendDigest: DigestChannel['sendDigest'] | undefined) {
    this.#name = name
    this.#options = options
    this.#sendDigest = sendDigest
    const { circuit, clock, timers, onListenerError } = options
    this.events = new SafeEmitter(onListenerError)
    this.#turns = turnsOf(options)
    this.#holds = new Holds(this.#turns, clock, timers)
    this.#pauses = new Pauses(timers, (items) => {
      for (const { errand } of items) if (errand.notification) this.counts.retries++
      this.#wait(items)
    })
    this.guard = circuit
      ? new CircuitGuard(circuit, clock, onListenerError, (state) => this.events.emit('circuit', { state }))
      : undefined
  }

  get waiting(): number {
    return this.#ready.size
  }

  get pausing(): number {
    return this.#pauses.size
  }

  /** How long sends are held back yet, in ms; 0 when they are not. */
  get heldMs(): number {
    return Math.max(0, (this.#holds.untilMs ?? -Infinity) - this.#options.clock.now())
  }

  /** Takes an errand. Its `done` settles once it is delivered, given up, dropped, or `signal` has aborted. */
  add(errand: Errand, signal: AbortSignal): Item {
    const item = new Item(errand)
    if (signal.aborted) this.#end(item, { error: signal.reason })
    else if (this.#makeRoom(errand)) {
      this.#items.add(item)
      this.#signals.add(signal, item)
      this.#holds.wake()
      this.#wait([item])
    } else this.#drop(item)
    return item
  }

  #makeRoom({ isOwed }: Errand): boolean {
    const { capacity, overflow } = this.#options
    if (isOwed || this.#items.size < capacity) return true
    const oldest = overflow === 'drop-oldest' ? this.#oldestToDrop() : undefined
    if (oldest) this.#drop(oldest)
    return oldest !== undefined
  }

  /** A firing that is not under way, a yellow one where there is one. O(capacity) at worst. */
  #oldestToDrop(): Item | undefined {
    let red: Item | undefined
    for (const item of this.#items) {
      const { notification, isUrgent } = item.errand
      if (item.isSending || notification?.kind !== 'firing') continue
      if (!isUrgent) return item
      red ??= item
    }
    return red
  }

  #drop(item: Item): void {
    const { notification } = item.errand
    const error = new ChannelFullError(this.#name, this.#options.capacity)
    this.counts.dropped++
    this.#droppedSince++
    this.#settle(item, { error })
    if (notification) this.events.emit('dropped', { notification, attempts: item.tries, error })
  }

  #abort(item: Item, reason: unknown): void {
    this.#end(item, { error: reason })
    if (this.#ready.size === 0) this.#turns.clear()
  }

  /** Counts and tells how it ended. */
  #end(item: Item, failure?: Failure): void {
    const { notification } = item.errand
    if (notification) this.counts[failure ? 'failed' : 'delivered']++
    this.#settle(item, failure)
    if (!notification) return
    if (failure) this.events.emit('failed', { notification, attempts: item.tries, error: failure.error })
    else this.events.emit('delivered', { notification, attempts: item.tries })
  }

  #settle(item: Item, failure?: Failure): void {
    this.#items.delete(item)
    this.#signals.delete(item)
    item.settle(failure)
    if (this.#items.size === 0) this.#holds.rest()
  }

  #wait(items: readonly Item[]): void {
    // All of them before the first turn: they may be a storm.
    for (const item of items) this.#ready.add(item)
    this.#askForTurns()
  }

  #askForTurns(): void {
    // A turn that begins at once asks for the next: not from within, or a long line were a deep stack.
    if (this.#isAsking) return
    this.#isAsking = true
    // Rejects when the queue is cleared, never otherwise: how a send went is told by its item.
    while (this.#turns.size === 0 && this.#ready.size > 0) this.#turns.add(() => this.#turn()).catch(() => {})
    this.#isAsking = false
  }

  #turn(): Promise<void> | undefined {
    const isUnderWay = this.#takeTurn()
    this.#askForTurns()
    return isUnderWay
  }

  /** Does not wait for anything before the send is under way or the next turn is held back. */
  #takeTurn(): Promise<void> | undefined {
    const item = this.#ready.first()
    if (!item) return undefined
    const { clock, digest } = this.#options
    const nowMs = clock.now()
    const storm = digest && item.errand.notification && this.#ready.size > digest.above ? digest : undefined
    if (storm && nowMs < this.#digestDueMs) return this.#holds.hold('digest', this.#digestDueMs - nowMs)
    const permit = this.guard?.tryAcquire()
    if (typeof permit === 'number') return this.#holds.hold('circuit', permit)
    if (!storm) return this.#deliver([item], item.errand.run, permit)
    this.#digestDueMs = nowMs + storm.windowMs
    return this.#deliverDigest(storm, permit)
  }

  async #deliverDigest(limits: { maxAlerts: number; maxRules: number }, permit: SendPermit | undefined): Promise<void> {
    const folded = [...this.#ready].filter(({ errand }) => errand.notification)
    const notifications = folded.flatMap(({ errand }) => errand.notification ?? [])
    const dropped = this.#droppedSince
    let digest: AlertDigest | undefined
    const run = async (signal: AbortSignal): Promise<void> => {
      digest = digestOf(notifications, { ...limits, dropped })
      await this.#sendDigest?.(digest, { signal })
    }
    await this.#deliver(folded, run, permit, () => {
      this.#droppedSince -= dropped
      this.counts.digests++
      this.counts.digested += folded.length
      if (digest) this.events.emit('digest', digest)
    })
  }

  async #deliver(
    items: readonly Item[],
    run: Errand['run'],
    permit: SendPermit | undefined,
    onDelivered?: () => void,
  ): Promise<void> {
    const { timers, timeoutMs } = this.#options
    const controller = new AbortController()
    const sending = new Set(items)
    for (const item of items) {
      item.leave()
      item.tries++
      item.isSending = true
      item.leave = (reason) => {
        if (sending.delete(item) && sending.size === 0) controller.abort(reason)
      }
    }
    const onTimeout = (): ChannelTimeoutError => {
      this.counts.timeouts++
      return new ChannelTimeoutError(this.#name, timeoutMs)
    }
    this.counts.sending++
    const failure = await tryOnce(run, controller, timers, { ms: timeoutMs, reason: onTimeout }).then(
      () => undefined,
      (error: unknown): Failure => ({ error }),
    )
    this.counts.sending--
    const rest = [...sending]
    for (const item of rest) {
      item.isSending = false
      item.leave = () => {}
    }
    this.#judge(permit, failure, rest.length > 0)
    if (failure) return this.#retry(rest, failure.error)
    onDelivered?.()
    for (const item of rest) this.#end(item)
  }

  #judge(permit: SendPermit | undefined, failure: Failure | undefined, isAwaited: boolean): void {
    if (!this.guard) return
    if (!failure) this.guard.success(permit)
    // Cancelled, or answered with a refusal that is about this notification: the receiver is there.
    else if (!isAwaited || readField(failure.error, 'retryable') === false) this.guard.ignore(permit)
    else this.guard.failure(permit, failure.error)
    // Whatever the circuit says now: the next turn asks it again.
    this.#holds.lift('circuit')
  }

  #retry(items: readonly Item[], error: unknown): void {
    const isHopeless = readField(error, 'retryable') === false
    const again: Item[] = []
    for (const item of items) {
      item.mayHaveArrived ||= readField(error, 'mayHaveArrived') === true
      if (isHopeless || item.tries >= item.errand.attempts) this.#end(item, { error })
      else again.push(item)
    }
    const askedMs = askedPauseMs(error)
    // What the receiver asks for holds for everything that it would be sent.
    if (askedMs > 0) this.#holds.hold('retry-after', askedMs)
    if (again.length === 0) return
    const pauseMs = Math.max(askedMs, backoffMs(again, this.#options))
    this.#pauses.add(again, pauseMs)
    const notifications = again.flatMap(({ errand }) => errand.notification ?? [])
    this.events.emit('retry', { notifications, pauseMs, error })
  }
}
