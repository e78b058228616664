// #region readme
import { LoadLeveler } from '@tps/heijunka'

using leveler = new LoadLeveler<number>({ workers: 2, capacity: 200, strategy: 'per-worker', assign: 'round-robin' })
leveler.on('rebalance', ({ before, moves, after }) => {
  console.log(`imbalance ${before.toFixed(2)} > 0.05`)
  for (const { from, to, count } of moves) console.log(`moving ${count} items from worker ${from} to worker ${to}`)
  console.log(`new imbalance ${after.toFixed(2)}`)
})

for (let item = 0; item < 104; item++) leveler.offer(item)
for (let quick = 0; quick < 7; quick++) void leveler.lane(0).tryLease()?.ack() // worker 0 was faster
console.log(leveler.snapshot().workerLoads) // [45, 52]
leveler.rebalance() // or wait: it happens by itself every 30 s
console.log(leveler.snapshot().workerLoads) // [48, 49]
// #endregion

const { workerLoads, itemsMoved } = leveler.snapshot()
if (workerLoads.join() !== '48,49' || itemsMoved !== 3) throw new Error(`not levelled: ${workerLoads.join()}`)
