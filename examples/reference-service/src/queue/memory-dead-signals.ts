import type { DeadItem, DeadLetter, DeadLetterQueue, DeadLetterSnapshot } from '@tps/kanban'
import type { Signal } from '../signal.ts'
import type { DeadSignal, DeadSignals, RedriveRequest, RedriveResult } from './signal-queue.ts'

/** The dead letters of the queue in memory. */
export class MemoryDeadSignals implements DeadSignals {
  readonly #letters: DeadLetterQueue<Signal>
  readonly #offer: (signal: Signal) => boolean

  constructor(letters: DeadLetterQueue<Signal>, offer: (signal: Signal) => boolean) {
    this.#letters = letters
    this.#offer = offer
  }

  add(dead: DeadItem<Signal>): void {
    this.#letters.add(dead)
  }

  async list({ after, limit }: { after: number; limit: number }): Promise<readonly DeadSignal[]> {
    return this.#letters
      .list(({ id }) => id > after)
      .slice(0, limit)
      .map(shown)
  }

  async get(id: number): Promise<DeadSignal | undefined> {
    const letter = this.#letters.get(id)
    return letter && shown(letter)
  }

  async redrive({ ids, perSecond, poison }: RedriveRequest, revived: (signal: Signal) => void): Promise<RedriveResult> {
    const wanted = ids && new Set(ids)
    const { redriven, skipped, remaining, ended } = await this.#letters.redrive({
      into: (signal) => {
        signal.status = 'queued'
        signal.enqueuedMs = performance.now()
        if (!this.#offer(signal)) return false
        revived(signal)
        return true
      },
      ...(wanted && { filter: ({ id }) => wanted.has(id) }),
      perSecond,
      poison: poison ?? (wanted ? 'include' : 'skip'),
      whenFull: 'stop',
    })
    return { redriven, skipped, remaining, ended }
  }

  snapshot(): DeadLetterSnapshot {
    return this.#letters.snapshot()
  }
}

function shown({ id, item, errors, attempts, lastAt, redrives, poison }: DeadLetter<Signal>): DeadSignal {
  return {
    id,
    signalId: item.id,
    traceId: item.traceId,
    request: item.request,
    acceptedAt: item.acceptedAt,
    errors: errors.map((error) => (error instanceof Error ? error.message : String(error))),
    attempts,
    lastFailedAt: new Date(lastAt).toISOString(),
    redrives,
    poison,
  }
}
