// #region readme
import { LevelerClosedError, LoadLeveler, type WorkSource } from '@tps/heijunka'

const leveler = new LoadLeveler<string>({ name: 'orders', workers: 2, capacity: 100 })

async function work(source: WorkSource<string>, worker: number): Promise<void> {
  try {
    for (;;) {
      const lease = await source.lease()
      console.log(`worker ${worker} does ${lease.item}`)
      await lease.ack()
    }
  } catch (error) {
    if (!(error instanceof LevelerClosedError)) throw error // it is closed, and all work is done
  }
}

const workers = [work(leveler.lane(0), 0), work(leveler.lane(1), 1)]
if (!leveler.offer('order 1')) console.log('full: answer 429')
leveler.offer('order 2')
leveler.close()
await Promise.all(workers)
// #endregion

const { depth, leased, dequeueRate } = leveler.snapshot()
if (depth !== 0 || leased !== 0 || dequeueRate !== 2) throw new Error('two orders should have been done')
