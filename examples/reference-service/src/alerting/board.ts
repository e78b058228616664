import { Board } from '@tps/andon'
import type { Counters } from '../counters.ts'
import type { Parts } from '../parts.ts'
import { SLA_MS } from './alerts.ts'

const OPEN = { is: ['open', 'forced-open'] } as const

/** What the lamps look at beside the parts of the line. */
export interface BoardReadings {
  readonly parts: Parts
  readonly counters: Counters
  readonly p99: () => number | null
  readonly alerts: () => { readonly worst: string | null; readonly firing: number; readonly pending: number }
}

/** The andon board: a lamp for each principle, and the cord that stops the line by hand. */
export function createBoard({ parts, counters, p99, alerts }: BoardReadings): Board {
  const board = new Board({ name: 'line' })
  board.watch(
    {
      name: 'jidoka',
      snapshot: () => ({ circuit: parts.breaker(), queue: parts.queueBreaker(), watch: parts.watch() }),
    },
    [
      { reading: 'circuit.state', yellow: { is: 'half-open' }, red: OPEN },
      { reading: 'queue.state', yellow: { is: 'half-open' }, red: OPEN },
      { reading: 'watch.status', yellow: { is: 'unhealthy' } },
    ],
  )
  board.watch({ name: 'kanban', snapshot: () => parts.queue() }, [
    { reading: 'connected', red: { is: false } },
    {
      reading: 'depthRatio',
      read: ({ depth, capacity }) => depth / capacity,
      yellow: { above: 0.8 },
      red: { atLeast: 1 },
    },
  ])
  board.watch({ name: 'heijunka', snapshot: () => parts.pool() }, [{ reading: 'utilization', yellow: { above: 0.9 } }])
  board.watch({ name: 'kaizen', snapshot: () => ({ p99: p99() ?? 0, errorRatio: counters.errorRatio }) }, [
    { reading: 'p99', yellow: { above: SLA_MS / 2 }, red: { above: SLA_MS } },
    { reading: 'errorRatio', yellow: { above: 0.01 }, red: { above: 0.05 } },
  ])
  board.watch({ name: 'andon', snapshot: () => ({ worst: 'none', ...withoutNull(alerts()) }) }, [
    { reading: 'worst', yellow: { is: 'yellow' }, red: { is: 'red' } },
    { reading: 'pending', yellow: { above: 0 } },
  ])
  return board
}

function withoutNull({ worst, ...rest }: ReturnType<BoardReadings['alerts']>): object {
  return { ...rest, ...(worst !== null && { worst }) }
}
