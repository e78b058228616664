import {
  type EventMap,
  type ListenerErrorHandler,
  SafeEmitter,
  checkFunction,
  checkName,
  printListenerError,
} from '@tps/internal'

/** What every policy that emits can be told. */
export interface EmittingOptions {
  /** What it is called in messages, on boards and in metrics. Default: what it is. */
  readonly name?: string | undefined
  /** Receives what a listener or a callback of yours threw, with the event's or the option's name. Default: prints it. */
  readonly onListenerError?: ListenerErrorHandler | undefined
}

/** What has a name and events. Its emitter is made for the first listener. */
export class Emitting<Events extends EventMap<Events>> {
  readonly name: string
  readonly #onListenerError: ListenerErrorHandler
  #emitter: SafeEmitter<Events> | undefined

  constructor({ name, onListenerError = printListenerError }: EmittingOptions, defaultName: string) {
    this.name = checkName('name', name ?? defaultName)
    this.#onListenerError = checkFunction('onListenerError', onListenerError)
  }

  /** Adds a listener, which can't change what happens. Returns what takes it away again. */
  on<E extends keyof Events & string>(event: E, listener: (...args: Events[E]) => void): () => void {
    this.#emitter ??= new SafeEmitter(this.#onListenerError)
    return this.#emitter.on(event, listener)
  }

  /** Whether anyone listens: asked before an event is built. */
  protected isHeard(event: keyof Events & string): boolean {
    return this.#emitter !== undefined && this.#emitter.has(event)
  }

  protected emit<E extends keyof Events & string>(event: E, ...args: Events[E]): void {
    this.#emitter?.emit(event, ...args)
  }

  /** Asks a callback of the user's. What it throws is reported under `option`, and `otherwise` is the answer. */
  protected ask<T>(option: string, callback: () => T, otherwise: T): T {
    try {
      return callback()
    } catch (error) {
      this.#report(error, option)
      return otherwise
    }
  }

  #report(error: unknown, option: string): void {
    try {
      this.#onListenerError(error, option)
    } catch (second) {
      printListenerError(second, option)
    }
  }
}
