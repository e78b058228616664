let nowMs = 0
const clock = { now: (): number => nowMs }

// #region readme
import { Experiment, experimentReport } from '@tps/kaizen'

const experiment = new Experiment({ name: 'pool of 16', variants: ['pool 8', 'pool 16'], clock })

function handle(): void {
  const variant = experiment.assign() // whose turn it is: a second each, in random order
  const ms = search({ poolSize: variant === 'pool 16' ? 16 : 8 })
  experiment.record(variant, ms)
}

for (; nowMs < 120_000; nowMs += 20) handle() // two minutes, 50 requests a second

const { verdict, effect } = experiment.result()
console.log(verdict, effect) // improved, { ratio: 0.88…, low: 0.87…, high: 0.90…, … }
console.log(experimentReport(experiment.result())) // Markdown, to put on record
// #endregion

/** Load comes and goes; the larger pool takes a tenth less. */
function search({ poolSize }: { readonly poolSize: number }): number {
  const load = 1 + 0.5 * Math.sin(nowMs / 9000)
  const noise = Math.exp(0.3 * Math.sin(nowMs * 12.9898) + 0.3 * Math.sin(nowMs * 78.233))
  return 20 * load * noise * (poolSize === 16 ? 0.9 : 1)
}

if (verdict !== 'improved' || effect === null || Math.abs(effect.ratio - 0.9) > 0.03) throw new Error('a tenth less')
