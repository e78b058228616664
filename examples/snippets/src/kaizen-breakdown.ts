// #region readme
import { Breakdown } from '@tps/kaizen'

const breakdown = new Breakdown({ stages: ['receive', 'wait', 'work'], windowMs: 60_000 })
breakdown.record({ receive: 1, wait: 12, work: 15 }) // one record is one whole request
breakdown.record({ receive: 1, work: 31 }) // a stage that is absent took no time

const { mean, stages } = breakdown.snapshot()
for (const { stage, mean, share } of stages) console.log(stage, mean, share)
// receive 1 0.033…, wait 6 0.2, work 23 0.766…: together 30 and 1
// #endregion

if (mean !== 30 || stages[1]?.share !== 0.2) throw new Error('means must add up')
