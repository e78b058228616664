// #region readme
import { AlertEmitter } from '@tps/andon'

const alerts = new AlertEmitter({
  rules: [{ name: 'DiskFull', severity: 'yellow', threshold: { above: 0.9, clearAt: 0.8 } }],
})
alerts.on('firing', ({ fingerprint, value }) => console.log(`${fingerprint} at ${value}`))

alerts.observe({ rule: 'DiskFull', labels: { host: 'a' } }, 0.95) // DiskFull{host="a"} at 0.95
alerts.observe({ rule: 'DiskFull', labels: { host: 'b' } }, 0.97) // DiskFull{host="b"} at 0.97
alerts.observe({ rule: 'DiskFull', labels: { host: 'a' } }, 0.85) // still firing: not down to 0.8
alerts.observe({ rule: 'DiskFull', labels: { host: 'a' } }, 0.75) // resolved
alerts.forget({ rule: 'DiskFull', labels: { host: 'b' } }) // the host is gone: resolved
// #endregion

const { firing, history } = alerts.snapshot()
if (firing !== 0 || history !== 2) throw new Error(`firing ${firing}, history ${history}`)
