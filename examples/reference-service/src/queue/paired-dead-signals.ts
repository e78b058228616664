import type { DeadLetterSnapshot } from '@tps/kanban'
import type { Signal } from '../signal.ts'
import type { DeadSignal, DeadSignals, RedriveRequest, RedriveResult } from './signal-queue.ts'

/** The dead signals of two queues as those of one: the first one's have even ids here, the second one's odd ones. */
export class PairedDeadSignals implements DeadSignals {
  readonly #halves: readonly [DeadSignals, DeadSignals]

  constructor(first: DeadSignals, second: DeadSignals) {
    this.#halves = [first, second]
  }

  async list({ after, limit }: { readonly after: number; readonly limit: number }): Promise<readonly DeadSignal[]> {
    const pages = await Promise.all(
      this.#halves.map(async (half, which) => {
        const page = await half.list({ after: Math.max(0, Math.floor((after - which) / 2)), limit })
        return page.map((dead) => renumbered(dead, which))
      }),
    )
    return pages
      .flat()
      .toSorted((a, b) => a.id - b.id)
      .slice(0, limit)
  }

  async get(id: number): Promise<DeadSignal | undefined> {
    const which = id % 2
    const dead = await this.#halves[which === 0 ? 0 : 1].get(Math.floor(id / 2))
    return dead && renumbered(dead, which)
  }

  async redrive(
    { ids, ...request }: RedriveRequest,
    revived: (signal: Signal) => void | Promise<void>,
  ): Promise<RedriveResult> {
    const results: RedriveResult[] = []
    for (const [which, half] of this.#halves.entries()) {
      const own = ids?.filter((id) => id % 2 === which).map((id) => Math.floor(id / 2))
      results.push(await half.redrive({ ...request, ids: own }, revived))
    }
    const sum = (key: 'redriven' | 'skipped' | 'remaining'): number =>
      results.reduce((total, result) => total + result[key], 0)
    return {
      redriven: sum('redriven'),
      skipped: sum('skipped'),
      remaining: sum('remaining'),
      ended: results.find(({ ended }) => ended !== 'done')?.ended ?? 'done',
    }
  }

  snapshot(): DeadLetterSnapshot {
    const [first, second] = this.#halves.map((half) => half.snapshot()) as [DeadLetterSnapshot, DeadLetterSnapshot]
    const both = Object.entries(first).map(([key, value]) => {
      const other: unknown = second[key as keyof DeadLetterSnapshot]
      return [key, typeof value === 'number' && typeof other === 'number' ? value + other : value]
    })
    return Object.fromEntries(both) as DeadLetterSnapshot
  }
}

function renumbered(dead: DeadSignal, which: number): DeadSignal {
  return { ...dead, id: 2 * dead.id + which }
}
