import { type ListenerErrorHandler, SafeEmitter } from '@tps/internal'
import type { BoardMessage } from './board-events.ts'

type Messages = { subscribe: [message: BoardMessage] }

/** Who has the whole board and gets what changes after it. */
export class BoardSubscribers {
  readonly #subscribers = new Set<{ readonly emitter: SafeEmitter<Messages>; readonly since: number }>()
  readonly #onListenerError: ListenerErrorHandler

  constructor(onListenerError: ListenerErrorHandler) {
    this.#onListenerError = onListenerError
  }

  get size(): number {
    return this.#subscribers.size
  }

  /** Hands over the present state, and from then on what is newer. */
  add(listener: (message: BoardMessage) => void, present: BoardMessage): () => void {
    const emitter = new SafeEmitter<Messages>(this.#onListenerError)
    emitter.on('subscribe', listener)
    const subscriber = { emitter, since: present.revision }
    this.#subscribers.add(subscriber)
    emitter.emit('subscribe', present)
    return () => void this.#subscribers.delete(subscriber)
  }

  /** A message that a subscriber's present state contains already does not go to that one. */
  tell(message: BoardMessage): void {
    for (const { emitter, since } of this.#subscribers) if (message.revision > since) emitter.emit('subscribe', message)
  }
}
