// #region readme
import { Breakdown } from '@tps/kaizen'

const breakdown = new Breakdown({ windowMs: 60_000 })
breakdown.recordSpans([
  { stage: 'wait', startMs: 0, endMs: 20 },
  {
    stage: 'work',
    startMs: 20,
    endMs: 100,
    children: [
      { stage: 'cache', startMs: 20, endMs: 30 },
      { stage: 'database', startMs: 30, endMs: 90 },
      { stage: 'prices', startMs: 40, endMs: 60 }, // at the same time as the database
    ],
  },
])
for (const { stage, mean, saves } of breakdown.snapshot().stages) console.log(stage, mean, saves)
// wait 20 20, work 10 80, work/cache 10 10, work/database 50 40, work/prices 10 0
// #endregion

const prices = breakdown.snapshot().stages.find(({ stage }) => stage === 'work/prices')
if (prices?.mean !== 10 || prices.saves !== 0) throw new Error('nothing is saved where others work on')
