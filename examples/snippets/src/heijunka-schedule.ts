// #region readme
import { Autoscaler } from '@tps/heijunka'

using scaler = new Autoscaler({
  max: 50,
  read: readLoad,
  scale: setWorkers,
  schedule: [
    { at: '08:00', workers: 20, days: [1, 2, 3, 4, 5] }, // Monday to Friday at least 20 …
    { at: '19:00', workers: 0 }, // … until seven in the evening
  ],
  timeZone: 'Europe/Rome',
  leadMs: 5 * 60_000, // ready five minutes before
  trend: { horizonMs: 2 * 60_000 }, // and for what a rising load will be in two
})
// #endregion

let workers = 1

function readLoad(): { workers: number; utilization: number } {
  return { workers, utilization: 0.5 }
}

function setWorkers(wanted: number): void {
  workers = wanted
}

const decision = await scaler.evaluate()
if (decision === undefined) throw new Error('there should have been a decision')
console.log(decision.explanation)
