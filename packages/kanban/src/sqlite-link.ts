import { Worker } from 'node:worker_threads'
import { StorageError, storageErrorOf } from './sqlite-errors.ts'
import type { Answer, FromThread, Request, Standing, StoreOptions, ToThread } from './sqlite-protocol.ts'
import { packRequests, unpackAnswers } from './sqlite-wire.ts'

/** What is sent in one message, and who waits for its answers. */
export interface Batch {
  readonly requests: readonly Request[]
  /** Called with an answer for each request. */
  answered(answers: readonly Answer[], standing: Standing): void
  /** None of it has happened. */
  failed(error: Error): void
}

/** Fills batches. */
export interface Composer {
  /** What to ask now; `undefined` when there is nothing to ask. */
  compose(): Batch | undefined
  /** The thread has ended by itself. */
  gone(error: Error): void
}

interface Waiting {
  resolve(message: FromThread): void
  reject(error: Error): void
}

/**
 * The thread that has the file, seen from the other side. One batch is under way at a time: what is asked for meanwhile
 * goes into the next one, so that a commit is shared by all who wait for it.
 */
export class SqliteLink {
  readonly #thread: Worker
  readonly #path: string
  #composer: Composer | undefined
  #batch: Batch | undefined
  #isWaking = false
  #waiting: Waiting | undefined
  #copying: Waiting | undefined
  #gone: Error | undefined
  #holds = 0

  private constructor(thread: Worker, path: string) {
    this.#thread = thread
    this.#path = path
    thread.on('message', (message: FromThread) => this.#receive(message))
    thread.on('error', (error) => this.#lose(error))
    thread.on('exit', () => this.#lose(undefined))
  }

  /** Starts the thread and opens the file. */
  static async open(options: StoreOptions): Promise<{ readonly link: SqliteLink; readonly standing: Standing }> {
    // Sources run as they are; what is published has been compiled.
    const file = import.meta.url.endsWith('.ts') ? './sqlite-thread.ts' : './sqlite-thread.js'
    const thread = new Worker(new URL(file, import.meta.url), {
      workerData: options,
      name: `queue ${options.path}`,
      ...threadFlags(process.execArgv),
    })
    const link = new SqliteLink(thread, options.path)
    try {
      const opened = await link.#next()
      if (opened.kind !== 'done') throw new Error(`the thread answered "${opened.kind}"`)
      return { link, standing: opened.standing }
    } catch (error) {
      await thread.terminate()
      throw error
    } finally {
      thread.unref()
    }
  }

  set composer(composer: Composer) {
    this.#composer = composer
  }

  /** There is something to ask: at the end of this turn, or when the batch under way is answered. */
  wake(): void {
    if (this.#isWaking || this.#batch || this.#waiting) return
    this.#isWaking = true
    queueMicrotask(() => {
      this.#isWaking = false
      this.#send()
    })
  }

  /** Keeps the process alive until as many calls of `letGo`. */
  hold(): void {
    if (this.#holds++ === 0) this.#thread.ref()
  }

  letGo(): void {
    if (--this.#holds === 0) this.#thread.unref()
  }

  async backup(path: string): Promise<void> {
    if (this.#copying) throw new Error('a backup is under way already')
    await this.#asking(
      () =>
        new Promise<FromThread>((resolve, reject) => {
          this.#copying = { resolve, reject }
          this.#post({ kind: 'backup', path })
        }),
    )
  }

  async verify(): Promise<readonly string[]> {
    const answer = await this.#asking(() => this.#ask({ kind: 'verify' }))
    return answer.kind === 'verified' ? answer.problems : []
  }

  /** Closes the file and ends the thread. Nothing may be asked any more. */
  async close(): Promise<void> {
    if (this.#gone) return
    await this.#asking(() => this.#ask({ kind: 'close' }))
    this.#gone = new StorageError('ERR_STORAGE_GONE', this.#path, 'the queue is stopped')
    await this.#thread.terminate()
  }

  async #asking<V>(ask: () => Promise<V>): Promise<V> {
    if (this.#gone) throw this.#gone
    this.hold()
    try {
      return await ask()
    } finally {
      this.letGo()
    }
  }

  #ask(message: ToThread): Promise<FromThread> {
    const answer = this.#next()
    this.#post(message)
    return answer
  }

  #next(): Promise<FromThread> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  #post(message: ToThread): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window.
    this.#thread.postMessage(message)
  }

  #send(): void {
    if (this.#batch || this.#waiting || !this.#composer) return
    const batch = this.#composer.compose()
    if (!batch) return
    if (this.#gone) {
      batch.failed(this.#gone)
      return
    }
    this.#batch = batch
    this.hold()
    this.#post({ kind: 'batch', requests: packRequests(batch.requests) })
  }

  #receive(message: FromThread): void {
    if (message.kind === 'copied' || message.kind === 'copy-failed') {
      const copying = this.#copying
      this.#copying = undefined
      if (message.kind === 'copied') copying?.resolve(message)
      else copying?.reject(storageErrorOf(message.error, this.#path))
      return
    }
    const batch = this.#batch
    if (!batch) {
      const waiting = this.#waiting
      this.#waiting = undefined
      if (message.kind === 'failed') waiting?.reject(storageErrorOf(message.error, this.#path))
      else waiting?.resolve(message)
      this.#send()
      return
    }
    this.#batch = undefined
    this.letGo()
    if (message.kind === 'failed') batch.failed(storageErrorOf(message.error, this.#path))
    else if (message.kind === 'done') batch.answered(unpackAnswers(message.answers), message.standing)
    this.#send()
  }

  #lose(cause: Error | undefined): void {
    if (this.#gone) return
    this.#gone = new StorageError('ERR_STORAGE_GONE', this.#path, 'its thread has ended', cause && { cause })
    for (const waiting of [this.#waiting, this.#copying]) waiting?.reject(this.#gone)
    this.#waiting = this.#copying = undefined
    const batch = this.#batch
    this.#batch = undefined
    batch?.failed(this.#gone)
    this.#composer?.gone(this.#gone)
  }
}

/** A thread inherits the flags of the process, but doesn't start with this one: it is a file, not the text of a program. */
function threadFlags(flags: readonly string[]): { execArgv?: string[] } {
  if (!flags.some((flag) => flag.startsWith('--input-type'))) return {}
  return { execArgv: flags.filter((flag) => flag.startsWith('--conditions')) }
}
