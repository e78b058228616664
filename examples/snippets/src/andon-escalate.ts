import assert from 'node:assert/strict'
import type { Channel } from '@tps/andon'

const sent: string[] = []
const channel = (name: string): Channel => ({
  name,
  send: ({ kind, alert }) => void sent.push(`${name}: ${alert.rule} ${kind}`),
})
const [chat, pager] = [channel('chat'), channel('pager')]

// #region readme
import { AlertEmitter } from '@tps/andon'

const alerts = new AlertEmitter({
  rules: [
    { name: 'SiteDown', severity: 'red', threshold: { below: 1 } },
    { name: 'Slow', severity: 'yellow', threshold: { above: 200 } },
  ],
  channels: [chat, pager],
  escalation: [{ afterMs: 300_000, channels: ['pager'] }], // the pager after five minutes, unless somebody acknowledges
  inhibitions: [{ source: { rule: 'SiteDown' }, target: { rule: 'Slow' } }], // of course it is slow
  repeatEveryMs: 4 * 3_600_000,
})

alerts.observe('SiteDown', 0) // chat: SiteDown firing
alerts.observe('Slow', 900) // held back as long as SiteDown fires
alerts.acknowledge('SiteDown{}', { by: 'ada' }) // the pager stays quiet
alerts.silence({ matchers: { rule: 'Slow' }, forMs: 3_600_000, by: 'ada', comment: 'deploying' })
alerts.observe('SiteDown', 1) // chat: SiteDown resolved

const saved = JSON.stringify(alerts) // before a restart: what fires still gets its resolve afterwards
// #endregion

await alerts.flush()
assert.deepEqual(sent, ['chat: SiteDown firing', 'chat: SiteDown resolved'])
assert.equal(alerts.silences().length, 1)
assert.ok(saved.length > 0)
alerts.close()
