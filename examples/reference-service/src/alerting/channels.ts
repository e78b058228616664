import type { AlertEmitter, Channel } from '@tps/andon'
import { AlertmanagerChannel, PagerDutyChannel, SlackChannel, WebhookChannel, logChannel } from '@tps/andon/channels'
import { EmailChannel } from '@tps/andon/email'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { ConfigError } from '../config/check.ts'

/** How long what is to be told may take when the service stops, in ms. */
const FLUSH_MS = 2_000

/** Where alerts are told: always in the log, and wherever the configuration says. */
export class Channels {
  readonly list: readonly Channel[]
  readonly #alertmanager: AlertmanagerChannel | undefined

  /** @throws {ConfigError} for a channel that can't be made of what is configured. */
  constructor(config: Config, log: Logger) {
    this.#alertmanager = made(
      'ALERT_ALERTMANAGER_URL',
      config.ALERT_ALERTMANAGER_URL,
      (url) => new AlertmanagerChannel({ url }),
    )
    const { ALERT_WEBHOOK_KEY: key = '', ALERT_PAGERDUTY_URL: pagerDutyUrl } = config
    const others: readonly (Channel | undefined)[] = [
      this.#alertmanager,
      made('ALERT_WEBHOOK_KEY', config.ALERT_WEBHOOK_URL, (url) => new WebhookChannel({ url, key })),
      made('ALERT_SLACK_URL', config.ALERT_SLACK_URL, (url) => new SlackChannel({ url })),
      made(
        'ALERT_PAGERDUTY_KEY',
        config.ALERT_PAGERDUTY_KEY,
        (routingKey) => new PagerDutyChannel({ routingKey, url: pagerDutyUrl, source: 'tps-reference-service' }),
      ),
      made('ALERT_EMAIL_TO', config.ALERT_EMAIL_TO, (to) => email(to, config)),
    ]
    this.list = [logChannel(log.child({ component: 'andon' })), ...others.filter((channel) => channel !== undefined)]
  }

  /** Tells what is still to be told, for a while, and ends. */
  async stop(alerts: AlertEmitter): Promise<void> {
    const timeout = new Promise<void>((resolve) => void setTimeout(resolve, FLUSH_MS).unref())
    await Promise.race([alerts.flush(), timeout])
    alerts.close()
    this.#alertmanager?.stop()
  }
}

function email(to: string, config: Config): Channel {
  const { ALERT_EMAIL_FROM: from, ALERT_EMAIL_SMTP_HOST: host = '', ALERT_EMAIL_SMTP_PORT: port } = config
  const { ALERT_EMAIL_SMTP_USER: user, ALERT_EMAIL_SMTP_PASSWORD: password } = config
  const secure = config.ALERT_EMAIL_SMTP_TLS === 'on'
  return new EmailChannel({
    from,
    to: to.split(',').map((one) => one.trim()),
    smtp: { host, port, secure, user, password },
  })
}

/** The channel, where there is a `value` to make it of. */
function made<C>(key: string, value: string | undefined, make: (value: string) => C): C | undefined {
  if (value === undefined) return undefined
  try {
    return make(value)
  } catch (error) {
    // Messages of channels never hold a secret.
    throw new ConfigError([`${key}: ${error instanceof Error ? error.message : String(error)}`], { cause: error })
  }
}
