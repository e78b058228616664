const orders = { good: 0, total: 0 }
const disk = { used: 400 }
const pool = { busy: 4, workers: 4, waiting: 0 }

// #region readme
import { AlertEmitter } from '@tps/andon'

const HOUR = 3_600_000
const alerts = new AlertEmitter({
  rules: [
    // A level: trouble above 200 ms for a minute, over at 150 ms.
    { name: 'Slow', severity: 'red', threshold: { above: 200, clearAt: 150 }, forMs: 60_000 },
    // A change: trouble when the disk fills by more than 10 GB an hour.
    {
      name: 'Filling',
      severity: 'yellow',
      rate: { above: 10 / 60, per: 'minute', overMs: HOUR },
      source: () => disk.used,
    },
    // Silence: trouble when an agent has not reported for five minutes.
    { name: 'AgentGone', severity: 'red', absence: { afterMs: 300_000, expect: [{ host: 'a' }, { host: 'b' }] } },
    // A budget of 0.1 % that burns 14.4 times too fast over the last hour and the last five minutes.
    { name: 'Burning', severity: 'red', burnRate: { target: 0.999, longMs: HOUR, factor: 14.4 }, source: () => orders },
    // Anything else.
    { name: 'Stuck', severity: 'red', evaluate: () => pool.waiting > 0 && pool.busy === pool.workers, forMs: 30_000 },
  ],
})
alerts.on('firing', ({ fingerprint, condition }) => console.log(`${fingerprint}: ${condition}`))
alerts.start({ everyMs: 1_000 })

alerts.observe('Slow', 120)
alerts.observe({ rule: 'AgentGone', labels: { host: 'a' } }, 1) // it is there
// #endregion

alerts.evaluate()
const { firing, sourceErrors } = alerts.snapshot()
if (firing + sourceErrors !== 0) throw new Error(`firing ${firing}, errors ${sourceErrors}`)
alerts.close()
