import assert from 'node:assert/strict'

// #region readme
import { PullQueue } from '@tps/kanban'

interface Job {
  readonly customer: string
  readonly pages: number
}

const jobs = new PullQueue<Job>({
  capacity: 100_000,
  fairBy: ({ customer }) => customer,
  costOf: ({ pages }) => pages, // a job of ten pages takes ten turns of one page
  weightOf: (customer) => (customer === 'gold' ? 3 : 1),
})

for (let i = 0; i < 10_000; i++) jobs.offer({ customer: 'flood', pages: 1 })
for (let i = 0; i < 3; i++) jobs.offer({ customer: 'gold', pages: 1 })
jobs.offer({ customer: 'small', pages: 1 })

const order = Array.from({ length: 6 }, () => jobs.poll()?.customer)
console.log(order) // [ 'flood', 'gold', 'gold', 'gold', 'small', 'flood' ]
// #endregion

assert.deepEqual(order, ['flood', 'gold', 'gold', 'gold', 'small', 'flood'])
