// #region readme
import { DurationClassifier, LoadLeveler } from '@tps/heijunka'

interface Report {
  readonly template: string
}

const durations = new DurationClassifier<string>({ slowMs: 200 }) // fast again at 100
durations.on('reclassify', ({ key, to, because }) => console.log(`${key} is ${to} now: ${because}`))

const leveler = new LoadLeveler<Report>({ workers: 8, classify: durations.by(({ template }) => template) })
// #endregion

for (let receipt = 0; receipt < 20; receipt++) {
  leveler.offer({ template: 'receipt' })
  void leveler.tryLease()?.ack()
}
leveler.offer({ template: 'yearbook' })
const yearbook = leveler.tryLease()
await new Promise((resolve) => setTimeout(resolve, 250))
leveler.offer({ template: 'receipt' })
void leveler.tryLease()?.ack() // whoever pulls next finds that the yearbook takes too long to be fast
if (durations.classify('yearbook') !== 'slow' || durations.classify('receipt') !== 'fast') throw new Error('not learnt')
if (leveler.snapshot().slowInProgress !== 1) throw new Error('the yearbook counts as slow work')
void yearbook?.ack()
console.log(durations.predict('yearbook'))
