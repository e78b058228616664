import type { Alert, Channel } from '@tps/andon'
import { type AlertLogger, logChannel } from '@tps/andon/channels'
import { type ShownNumber, shown } from './answers.ts'

/** What a line of the log says beside the alert. */
export interface AlertDetail {
  readonly metric: string
  /** `avg(cpu_usage[60s]) > 80`. */
  readonly condition: string
  readonly threshold: number
  readonly samples: number
}

/** One line for each alert, with the metric, the condition, the threshold, and the value with its samples. */
export function alertLog(log: AlertLogger, detailOf: (alert: Alert) => AlertDetail | undefined): Channel {
  const describe = (fields: object, message: string): [object, string] => {
    const { alert, ...rest } = fields as { readonly alert: Alert }
    const detail = detailOf(alert)
    const value: ShownNumber = shown(alert.value)
    const { rule, state, severity, labels } = alert
    const all = { rule, state, severity, labels, ...detail, value, ...rest }
    return [all, detail && detail.samples > 0 ? `${message} from ${samplesText(detail.samples)}` : message]
  }
  return logChannel({
    info: (fields, message) => log.info(...describe(fields, message)),
    warn: (fields, message) => log.warn(...describe(fields, message)),
    error: (fields, message) => log.error(...describe(fields, message)),
  })
}

function samplesText(samples: number): string {
  return samples === 1 ? '1 sample' : `${samples} samples`
}
