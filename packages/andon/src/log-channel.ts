import { checkName, checkObject } from '@tps/internal'
import type { AlertNotification } from './channel.ts'
import { alertsOf, readingText, stateText } from './channel-text.ts'
import { type AlertDigest, type DigestChannel, digestHeadline } from './digest.ts'

/** What `logChannel` writes to: pino, or anything with its call shape. */
export interface AlertLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What a `logChannel` is made with. */
export interface LogChannelOptions {
  /** Default "log". */
  readonly name?: string | undefined
}

/** Prints the message first and the fields after it, as a console reads best. */
const consoleLogger: AlertLogger = {
  info: (fields, message) => console.info(message, fields),
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
}

/**
 * A channel that logs: a red firing as an error, a yellow one as a warning, a resolve as information. Each alert of a
 * group has a line of its own. The fields are `{ alert }`, with `reason` and the key of the `group` where there are any.
 * Default logger: the console.
 *
 * It writes at once and tries once, as a log is written. In a `ReliableChannel` it has what the other channels have: rate,
 * retries, circuit, bounds, `test()`, and a digest, which is one line with the fields `{ digest }`.
 * @throws {TypeError} when the logger lacks a method.
 */
export function logChannel(
  logger: AlertLogger = consoleLogger,
  { name = 'log' }: LogChannelOptions = {},
): DigestChannel {
  checkObject('logger', logger, ['info', 'warn', 'error'])
  checkName('name', name)
  return {
    name,
    send(notification: AlertNotification) {
      const { kind, reason, group } = notification
      for (const alert of alertsOf(notification)) {
        const fields = { alert, ...(reason && { reason }), ...(group && { group: group.key }) }
        const message = `${alert.rule} ${stateText(notification)}: ${alert.summary} (${readingText(alert)})`
        if (kind === 'resolved') logger.info(fields, message)
        else if (alert.severity === 'red') logger.error(fields, message)
        else logger.warn(fields, message)
      }
    },
    sendDigest(digest: AlertDigest) {
      const message = digestHeadline(digest)
      if (digest.firing === 0) logger.info({ digest }, message)
      else if (digest.severity === 'red') logger.error({ digest }, message)
      else logger.warn({ digest }, message)
    },
  }
}
