// #region readme
import { Slo, openSlo, prometheusRules } from '@tps/kaizen'

const slo = new Slo({ name: 'checkout', target: 0.999 })
const queries = {
  total: 'sum(rate(http_requests_total[$window]))',
  bad: 'sum(rate(http_requests_total{code=~"5.."}[$window]))',
}
const rules = prometheusRules(slo, queries) // a rule file, as YAML
const document = openSlo(slo, { queries, notificationTargets: ['on-call'] }) // OpenSLO v1, as YAML
// #endregion

console.log(rules.split('\n').slice(0, 6).join('\n'))
if (!rules.includes('SloBudgetBurn') || !document.startsWith('apiVersion: "openslo/v1"'))
  throw new Error('two documents')
