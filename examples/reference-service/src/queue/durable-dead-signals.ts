import type { DeadLetterSnapshot } from '@tps/kanban'
import type { Signal } from '../signal.ts'
import type { DeadSignal, DeadSignals, RedriveRequest, RedriveResult } from './signal-queue.ts'
import { type StoredSignal, restored } from './wire.ts'

/** A dead letter of a queue that is not in memory. */
interface DurableLetter {
  readonly id: number
  readonly item: StoredSignal | undefined
  readonly errors: readonly unknown[]
  readonly attempts: number
  readonly createdAt: number
  readonly lastAt: number
  readonly redrives: number
  readonly poison: boolean
}

/** The dead letters of a queue that is not in memory. */
export interface DurableLetters extends AsyncIterable<DurableLetter> {
  readonly size: number
  list(page: { readonly after?: number; readonly limit?: number }): Promise<readonly DurableLetter[]>
  redrive(options: {
    readonly perSecond?: number | undefined
    readonly filter?: ((letter: DurableLetter) => boolean) | undefined
    readonly poison?: 'skip' | 'include' | 'only' | undefined
  }): Promise<{ readonly redriven: number; readonly skipped: number; readonly ended: 'done' | 'full' | 'aborted' }>
}

/** The signals that were given up, where they outlive the process. */
export class DurableDeadSignals implements DeadSignals {
  readonly #letters: DurableLetters
  readonly #capacity: number
  /** Of this process. */
  readonly #totals: () => { readonly deadLettered: number; readonly poisoned: number }
  #redriven = 0
  #redrives = 0

  constructor(letters: DurableLetters, capacity: number, totals: () => { deadLettered: number; poisoned: number }) {
    this.#letters = letters
    this.#capacity = capacity
    this.#totals = totals
  }

  async list(page: { readonly after: number; readonly limit: number }): Promise<readonly DeadSignal[]> {
    return (await this.#letters.list(page)).map(shown)
  }

  async get(id: number): Promise<DeadSignal | undefined> {
    const [letter] = id < 1 ? [] : await this.#letters.list({ after: id - 1, limit: 1 })
    return letter?.id === id ? shown(letter) : undefined
  }

  async redrive(
    { ids, perSecond, poison }: RedriveRequest,
    revived: (signal: Signal) => void | Promise<void>,
  ): Promise<RedriveResult> {
    const wanted = ids && new Set(ids)
    const how = poison ?? (wanted ? 'include' : 'skip')
    const chosen = new Set<number>()
    for await (const letter of this.#letters) {
      if (wanted && !wanted.has(letter.id)) continue
      if (how !== 'include' && letter.poison !== (how === 'only')) continue
      chosen.add(letter.id)
      // Before it can be worked on: else its new end might come before its old one is forgotten.
      if (letter.item) await revived(restored(letter.item, Date.now()))
    }
    this.#redrives++
    try {
      const filter = ({ id }: DurableLetter): boolean => chosen.has(id)
      const { redriven, skipped, ended } = await this.#letters.redrive({ perSecond, filter, poison: 'include' })
      this.#redriven += redriven
      return { redriven, skipped, remaining: this.#letters.size, ended }
    } finally {
      this.#redrives--
    }
  }

  snapshot(): DeadLetterSnapshot {
    const { deadLettered, poisoned } = this.#totals()
    return {
      name: 'signals',
      capacity: this.#capacity,
      size: this.#letters.size,
      poison: 0,
      added: deadLettered + poisoned,
      imported: 0,
      dropped: 0,
      taken: this.#redriven,
      redriven: this.#redriven,
      redrives: this.#redrives,
      remembered: 0,
      forgotten: 0,
    }
  }

  /** All of them, oldest first. */
  async *all(): AsyncGenerator<DeadSignal, void, undefined> {
    for await (const letter of this.#letters) yield shown(letter)
  }
}

/** What can't be read any more is shown as far as it is known. */
function shown({ id, item, errors, attempts, createdAt, lastAt, redrives, poison }: DurableLetter): DeadSignal {
  return {
    id,
    signalId: item?.id ?? '',
    traceId: item?.traceId ?? '',
    request: item?.request ?? { signal_type: 'execute', payload: {} },
    acceptedAt: item?.acceptedAt ?? new Date(createdAt).toISOString(),
    errors: errors.map((error) => (error instanceof Error ? error.message : String(error))),
    attempts,
    lastFailedAt: new Date(lastAt).toISOString(),
    redrives,
    poison,
  }
}
