import type { JetStreamManager } from '@nats-io/jetstream'
import type { Timer, Timers } from '@tps/internal'
import type { Backstop } from './nats-backstop.ts'
import type { Names } from './nats-names.ts'
import { type ClassLook, orphansIn } from './nats-orphans.ts'
import { type Setup, orUndefined } from './nats-setup.ts'

/** Up to so much longer, at random: of many processes one comes first. */
const JITTER_RATIO = 0.5
/** How many times it waits for a moment in which nothing of the class is in anyone's hands. */
const PATIENCE = 12
const NO_MESSAGE = 10_037
const CONSUMER_NOT_FOUND = 10_014

export interface ReconcilerOptions {
  readonly manager: JetStreamManager
  readonly names: Names
  readonly setup: Setup
  readonly backstop: Backstop
  readonly classes: readonly string[]
  readonly everyMs: number
  readonly timers: Timers
  readonly random: () => number
  /** The consumer of a class is not there, or about to be made anew. */
  readonly gone: (className: string) => void
  readonly found: (className: string, count: number) => void
  readonly restored: (className: string, why: string) => void
  readonly failed: (error: unknown) => void
}

/**
 * Looks now and then whether all that the stream holds is known to its consumers. A server that was killed may have
 * forgotten more in one than in the other: then items would stay for ever, and take room. A consumer made anew hands all of
 * them out; what is in workers' hands at that moment is handed out again, too, so it waits for a moment without.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions
  readonly #before = new Map<string, ClassLook>()
  readonly #waited = new Map<string, number>()
  #timer: Timer | undefined
  #isStopped = false

  constructor(options: ReconcilerOptions) {
    this.#options = options
  }

  start(): void {
    const { everyMs, timers, random } = this.#options
    if (this.#isStopped || everyMs === Number.POSITIVE_INFINITY) return
    this.#timer = timers.schedule(everyMs * (1 + JITTER_RATIO * random()), () => {
      void this.look().then(() => this.start())
    })
  }

  stop(): void {
    this.#isStopped = true
    this.#timer?.cancel()
  }

  /** One look. Never rejects. */
  async look(): Promise<void> {
    const { backstop, classes, failed } = this.#options
    try {
      // What the server has given up would look like an orphan, and begin anew.
      await backstop.heed()
      const looks = await this.#look(classes)
      for (const [name, look] of looks) {
        if (this.#isStopped) return
        await this.#judge(name, look)
      }
    } catch (error) {
      if (!this.#isStopped) failed(error)
    }
  }

  async #judge(name: string, look: ClassLook): Promise<void> {
    const before = this.#before.get(name)
    this.#before.set(name, look)
    const count = orphansIn(before, look)
    const waited = this.#waited.get(name) ?? 0
    if (count === 0) {
      this.#waited.delete(name)
    } else if (look.inHand > 0 && waited < PATIENCE) {
      this.#waited.set(name, waited + 1)
    } else {
      await this.#recover(name, look, count)
    }
  }

  async #recover(name: string, look: ClassLook, count: number): Promise<void> {
    const { manager, names, setup, gone, found } = this.#options
    this.#before.delete(name)
    this.#waited.delete(name)
    // Another process may have done it in the meantime.
    const again = (await this.#look([name])).get(name)
    if (again?.mark !== look.mark && look.inHand === 0) return
    gone(name)
    await orUndefined(manager.consumers.delete(names.stream, name), CONSUMER_NOT_FOUND)
    await setup.consumer(name)
    found(name, count)
  }

  async #look(classes: readonly string[]): Promise<Map<string, ClassLook>> {
    const { manager, names, setup, gone, restored } = this.#options
    const looks = new Map<string, ClassLook>()
    const infos = await Promise.all(
      classes.map((name) => orUndefined(manager.consumers.info(names.stream, name), CONSUMER_NOT_FOUND)),
    )
    const { state } = await manager.streams.info(names.stream, { subjects_filter: names.subjects })
    for (const [index, name] of classes.entries()) {
      const info = infos[index]
      if (!info) {
        gone(name)
        if (await setup.consumer(name)) restored(name, 'it was not there')
        continue
      }
      const inStream = state.subjects?.[names.subject(name)] ?? 0
      const { num_pending: pending, num_ack_pending: inHand, delivered, ack_floor: floor } = info
      const known = pending + inHand
      looks.set(name, {
        inStream,
        known,
        inHand,
        first: inStream > known ? await this.#first(names.subject(name)) : undefined,
        ackFloor: floor.stream_seq,
        mark: [state.last_seq, inStream, known, delivered.consumer_seq, floor.consumer_seq].join(' '),
      })
    }
    return looks
  }

  async #first(subject: string): Promise<number | undefined> {
    const { manager, names } = this.#options
    const query = { seq: 1, next_by_subj: subject }
    return (await orUndefined(manager.streams.getMessage(names.stream, query), NO_MESSAGE))?.seq
  }
}
