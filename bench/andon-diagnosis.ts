import { Board, ReadingHistory, diagnose } from '@tps/andon'
import { compare } from './harness.ts'

const line = {
  breaker: { state: 'closed', stateForMs: 1000, window: { completed: 100, failureRatio: 0 } },
  queue: { depth: 40, capacity: 100, delayed: 0, enqueueRate: 100, dequeueRate: 100, rejected: 0 },
  pool: { workers: 8, utilization: 0.75, overdue: 0, processingRate: 100, processed: 1000, failed: 0, retried: 0 },
  latency: { count: 1000, p50: 10, p90: 20, p99: 40 },
  signals: { errorRatio: 0 },
  host: { cpuRatio: 0.5, memoryRatio: 0.5, diskRatio: 0.5, networkRatio: 0.5 },
} as const
const inTrouble = { ...line, queue: { ...line.queue, depth: 100 }, signals: { errorRatio: 0.1 } }

let nowMs = 0
const history = new ReadingHistory({ clock: { now: () => nowMs }, everyMs: 0, capacity: 180 })
for (let index = 0; index < 180; index++) {
  nowMs += 5000
  history.add(line)
}
const earlier = history.earlier()

await compare({
  title: 'diagnose a line',
  operations: 500,
  contenders: [
    {
      name: 'well, without a history',
      run(operations) {
        for (let index = 0; index < operations; index++) diagnose(line)
      },
    },
    {
      name: 'well, with a history of 180 moments',
      run(operations) {
        for (let index = 0; index < operations; index++) diagnose(line, { earlier })
      },
    },
    {
      name: 'in trouble, with a history of 180 moments',
      run(operations) {
        for (let index = 0; index < operations; index++) diagnose(inTrouble, { earlier })
      },
    },
  ],
})

const boards = [1, 100].map((count) => {
  const board = new Board()
  for (let index = 0; index < count; index++) {
    const snapshot = (): object => ({ depth: index, capacity: 1000, state: 'open' })
    board.watch({ name: `station ${index}`, snapshot }, [
      { reading: 'depth', yellow: { above: 800 }, red: { above: 950 } },
      { reading: 'state', red: { is: 'closed' } },
    ])
  }
  return { count, board }
})
await compare({
  title: 'read a station of two rules again, nothing changed, by how many there are',
  operations: 100_000,
  contenders: boards.map(({ count, board }) => ({
    name: count === 1 ? '1 station' : `${count} stations`,
    run(operations) {
      for (let done = 0; done < operations; done += count) board.refresh()
    },
  })),
})
