// The log channel writes what fires to stderr; this program shows it on stdout.
console.error = console.warn = console.log

// #region readme
import { AlertEmitter } from '@tps/andon'
import { logChannel } from '@tps/andon/channels'

const queue = { depth: 95, capacity: 100 }

const alerts = new AlertEmitter({
  rules: [
    {
      name: 'HighQueueDepth',
      severity: 'red',
      summary: 'The queue is more than 80 % full',
      threshold: { above: 0.8, clearAt: 0.6 },
      forMs: 100,
      source: () => queue.depth / queue.capacity,
    },
  ],
  channels: [logChannel()],
})
alerts.on('resolved', ({ rule, activeMs }) => console.log(`${rule} is over after ${Math.round(activeMs)} ms`))
alerts.start({ everyMs: 20 })
// #endregion

const { setTimeout: sleep } = await import('node:timers/promises')
await sleep(250)
const [alert] = alerts.alerts()
if (alert?.state !== 'firing') throw new Error('it should fire')
queue.depth = 10
await sleep(100)
if (alerts.history()[0]?.state !== 'resolved') throw new Error('it should have resolved')
alerts.stop()
