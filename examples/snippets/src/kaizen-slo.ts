// #region readme
import { Slo } from '@tps/kaizen'

const slo = new Slo({ name: 'checkout', target: 0.99, threshold: 100 }) // 99 % within 100 ms, over 30 days

slo.recordValue(42) // good: at most 100 ms
slo.record(false) // bad: it failed, however quickly
slo.add(995, 1000) // many at once, from counters: 995 good of 1000

console.log(slo.budgetRemaining) // 0.40…: 6 of 10.02 allowed failures have been
console.log(slo.burnRate(3_600_000)) // 0.59…: over the last hour; above 1 the budget won't last
const { state, exhaustsAt, alerts } = slo.snapshot() // and everything else, as JSON

const rules = slo.alertRules() // four burn-rate alerts, for new AlertEmitter({ rules })
// #endregion

console.log({ state, exhaustsAt, alerts: alerts.length, rules: rules.length })
if (Math.abs(slo.budgetRemaining - 0.4012) > 1e-4) throw new Error('six of 1002 failed')
if (state !== 'ok' || exhaustsAt !== null || rules.length !== 4) throw new Error('the budget holds')
