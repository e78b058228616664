import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { SignalRecord } from '../register.ts'
import type { OutcomeAnswer, OutcomeMessage, OutcomeRequest, OutcomeThreadData } from './outcome-protocol.ts'

interface Asked {
  readonly request: OutcomeRequest
  readonly resolve: (answer: OutcomeAnswer) => void
  readonly reject: (error: Error) => void
}

/** The file can't tell, or be told, how signals ended. */
export class OutcomeStoreError extends Error {
  override readonly name = 'OutcomeStoreError'
  readonly code = 'ERR_OUTCOME_STORE'
}

/**
 * How signals ended, in the file of the queue: so that after a crash none of them has two ends. A thread writes; what is asked
 * for while it does shares the next transaction.
 */
export class OutcomeStore {
  readonly #thread: Worker
  #waiting: Asked[] = []
  #underWay: readonly Asked[] = []
  #failure: Error | undefined

  private constructor(thread: Worker) {
    this.#thread = thread
    thread.on('message', (message: OutcomeMessage) => this.#answered(message))
    thread.on('error', (error) => this.#fail(error instanceof Error ? error : new Error(String(error))))
    thread.on('exit', () => this.#fail(new OutcomeStoreError('the store is closed')))
    thread.unref()
  }

  /** Opens the table in the file at `path`, or makes it. `kept` is how many signals are remembered. */
  static async open(data: OutcomeThreadData): Promise<OutcomeStore> {
    const thread = new Worker(new URL('outcome-thread.ts', import.meta.url), { workerData: data })
    await once(thread, 'message')
    return new OutcomeStore(thread)
  }

  /** The signal is about to be put into the queue. */
  async accepted(record: SignalRecord): Promise<void> {
    await this.#ask({ kind: 'accepted', record })
  }

  async dropped(id: string): Promise<void> {
    await this.#ask({ kind: 'dropped', id })
  }

  /** The signal has ended. Resolves with whether this is its first end, once that is written. */
  async ended(record: SignalRecord): Promise<boolean> {
    return (await this.#ask({ kind: 'ended', record })) === true
  }

  async revived(id: string): Promise<void> {
    await this.#ask({ kind: 'revived', id })
  }

  async find(id: string): Promise<SignalRecord | undefined> {
    const found = await this.#ask({ kind: 'find', id })
    return typeof found === 'object' && found !== null ? found : undefined
  }

  /** Does what was asked before, and closes the file. */
  async close(): Promise<void> {
    while (!this.#failure && (this.#waiting.length > 0 || this.#underWay.length > 0))
      await this.#ask({ kind: 'find', id: '' })
    if (this.#failure) return
    this.#failure = new OutcomeStoreError('the store is closed')
    const exit = once(this.#thread, 'exit')
    this.#thread.ref()
    this.#tell('close')
    await exit
  }

  async #ask(request: OutcomeRequest): Promise<OutcomeAnswer> {
    if (this.#failure) throw this.#failure
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      if (this.#underWay.length === 0) this.#send()
    })
  }

  #send(): void {
    if (this.#waiting.length === 0) return
    this.#underWay = this.#waiting
    this.#waiting = []
    this.#tell(this.#underWay.map(({ request }) => request))
  }

  #tell(message: readonly OutcomeRequest[] | 'close'): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#thread.postMessage(message)
  }

  #answered(message: OutcomeMessage): void {
    const asked = this.#underWay
    this.#underWay = []
    this.#send()
    for (const [index, { resolve, reject }] of asked.entries()) {
      if (message.kind === 'answers') resolve(message.answers[index] ?? null)
      else reject(new OutcomeStoreError(message.kind === 'failed' ? message.message : 'the store did not answer'))
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error
    const asked = [...this.#underWay, ...this.#waiting]
    this.#underWay = []
    this.#waiting = []
    for (const { reject } of asked) reject(error)
  }
}
