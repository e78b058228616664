import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Channel } from '@tps/andon'

const folder = mkdtempSync(join(tmpdir(), 'andon-'))
const file = join(folder, 'alerts.json')
const sent: string[] = []
const chat: Channel = { name: 'chat', send: ({ kind, alert }) => void sent.push(`${alert.rule} ${kind}`) }

// #region readme
import { readFileSync, writeFileSync } from 'node:fs'
import { AlertEmitter, type AlertEmitterOptions, type SavedAlertEmitter } from '@tps/andon'

const options: AlertEmitterOptions = {
  rules: [{ name: 'DiskFull', severity: 'red', threshold: { above: 0.9 } }],
  channels: [chat],
}

const before = new AlertEmitter(options)
before.observe('DiskFull', 0.95) // chat: DiskFull firing
await before.flush()
before.close()
writeFileSync(file, JSON.stringify(before))

// The next process:
const after = AlertEmitter.restore(JSON.parse(readFileSync(file, 'utf8')) as SavedAlertEmitter, options)
after.observe('DiskFull', 0.5) // chat: DiskFull resolved
// #endregion

rmSync(folder, { recursive: true })
if (sent.join() !== 'DiskFull firing,DiskFull resolved') throw new Error(sent.join())
console.log(sent.join(', '))
