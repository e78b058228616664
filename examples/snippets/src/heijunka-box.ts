// #region readme
import { LevelingScheduler } from '@tps/heijunka'

interface Job {
  readonly customer: string
}

const scheduler = new LevelingScheduler<'interactive' | 'batch' | 'reports', Job>({
  demand: { interactive: 6, batch: 3, reports: 1 },
  queued: true, // a turn needs an item; another product stands in while there is none
  capacity: 1_000,
})
if (!scheduler.offer('batch', { customer: 'c1' })) console.log('full: answer 429')
scheduler.offer('interactive', { customer: 'c2' })

for (const { product, item } of scheduler) console.log(product, item.customer) // until nothing waits
// #endregion

const { released, products } = scheduler.snapshot()
if (released !== 2 || products['batch']?.made !== 1) throw new Error('two jobs should have been released')
