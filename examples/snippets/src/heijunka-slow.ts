// #region readme
import { LoadLeveler } from '@tps/heijunka'

interface Job {
  readonly kind: 'resize' | 'export'
  readonly customer: string
}

const leveler = new LoadLeveler<Job>({
  workers: 8,
  classify: ({ kind }) => (kind === 'export' ? 'slow' : 'fast'), // at most 6 of 8 workers do exports
  keyBy: ({ customer }) => customer, // a customer's jobs one after another, in order
})
// #endregion

for (let customer = 0; customer < 10; customer++) leveler.offer({ kind: 'export', customer: `c${customer}` })
leveler.offer({ kind: 'resize', customer: 'c0' })
leveler.offer({ kind: 'resize', customer: 'c10' })
const kinds = Array.from({ length: 8 }, () => leveler.tryLease()?.item.kind)
// Six exports, then the one resize whose customer has nothing before it, then nothing: two workers stay free.
if (kinds.join() !== `${'export,'.repeat(6)}resize,`) throw new Error(kinds.join())
console.log(kinds.filter((kind) => kind !== undefined))
