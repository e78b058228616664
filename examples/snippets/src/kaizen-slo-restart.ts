import { Slo } from '@tps/kaizen'

const before = new Slo({ target: 0.999 })
before.add(9_995, 10_000)
const stored = JSON.stringify(before.save()) // now and then, and when the process ends

const after = new Slo({ target: 0.999 })
after.restore(JSON.parse(stored)) // the time in between is counted, by the wall clock
console.log(after.budgetRemaining.toFixed(3)) // 0.500
