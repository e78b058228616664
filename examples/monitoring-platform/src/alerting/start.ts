import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Timers } from '@tps/andon'
import type { Logger } from 'pino'
import { type Config, ConfigError } from '../config.ts'
import { Alerting } from './alerting.ts'
import { ChannelMaker } from './channels.ts'
import { RulesFile } from './rules-file.ts'
import { BUILT_IN } from './rules-read.ts'
import { AlertsFile } from './saved-alerts.ts'

/** The alerting engine, and where its rules come from. */
export interface AlertingEngine {
  readonly alerting: Alerting
  /** `undefined`: the rules are built in. */
  readonly file: RulesFile | undefined
  stop(): Promise<void>
}

const SYSTEM_TIMERS: Timers = {
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref()
    return { cancel: () => clearTimeout(timer) }
  },
}

/** Starts the alerting engine. It waits for samples. @throws {ConfigError} for rules or channels that can't be used. */
export function startAlerting(config: Config, log: Logger): AlertingEngine {
  try {
    const counts = { sent: 0, failed: 0, retried: 0, dropped: 0 }
    const maker = new ChannelMaker(config, () => counts.retried++)
    const file = config.RULES_FILE === '' ? undefined : new RulesFile(config.RULES_FILE, log)
    mkdirSync(config.DATA_DIR, { recursive: true })
    const saved = new AlertsFile(join(config.DATA_DIR, 'alerts.json'), log)
    const alerting = new Alerting({
      rules: file?.read() ?? BUILT_IN,
      channels: maker.configured,
      counts,
      dutyOf: (onCall) => maker.dutyOf(onCall),
      log,
      maxSeries: config.ALERT_MAX_SERIES,
      clock: { now: () => performance.now() },
      timers: SYSTEM_TIMERS,
      wallNow: Date.now,
      saved: saved.read(),
      save: async (alerts) => await saved.write(alerts),
    })
    file?.watch((rules) => alerting.load(rules))
    alerting.start(config.ALERT_EVERY_MS)
    return {
      alerting,
      file,
      stop: async () => {
        file?.stop()
        await alerting.stop()
      },
    }
  } catch (error) {
    const what = config.RULES_FILE === '' ? 'alerts' : `alerts (RULES_FILE=${config.RULES_FILE})`
    throw new ConfigError(
      `The configuration of the ${what} can't be used: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
}
