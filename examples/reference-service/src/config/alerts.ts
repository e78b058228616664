import { choice, integer, number, optionalText, secret, text } from './kinds.ts'

const MINUTE_MS = 60_000

/** How long the trouble of an alert rule lasts before it fires. */
const alertMs = (rule: string, fallback: number) =>
  integer(fallback, [0, 3_600_000], `How long the trouble must last before ${rule} fires, in ms.`)

/** What is promised, when somebody is told that it isn't kept, and where. */
export const alertOptions = {
  SLO_LATENCY_MS: integer(
    100,
    [1, 600_000],
    'A signal that takes longer than this, in ms, is bad for the latency SLO.',
  ),
  SLO_TARGET: number(0.99, [0.9306, 0.999_99], 'The share of good signals that both SLOs promise.'),
  ALERT_EVERY_MS: integer(1_000, [10, 60_000], 'How often the rules are evaluated, in ms.'),
  ALERT_HIGH_QUEUE_DEPTH_MS: alertMs('HighQueueDepth', 2 * MINUTE_MS),
  ALERT_HIGH_LATENCY_MS: alertMs('HighLatency', MINUTE_MS),
  ALERT_HIGH_ERROR_RATE_MS: alertMs('HighErrorRate', 2 * MINUTE_MS),
  ALERT_CIRCUIT_BREAKER_OPEN_MS: alertMs('CircuitBreakerOpen', 30_000),
  ALERT_HIGH_WORKER_UTILIZATION_MS: alertMs('HighWorkerUtilization', 5 * MINUTE_MS),
  ALERT_PROCESSING_RATE_ZERO_MS: alertMs('ProcessingRateZero', MINUTE_MS),
  ALERT_WEBHOOK_URL: secret('Alerts are posted here, signed as Standard Webhooks. Needs ALERT_WEBHOOK_KEY.'),
  ALERT_WEBHOOK_KEY: secret('The key that is shared with the receiver: whsec_ and base64.'),
  ALERT_SLACK_URL: secret('An incoming webhook of Slack.'),
  ALERT_PAGERDUTY_KEY: secret('The integration key of a PagerDuty service.'),
  ALERT_PAGERDUTY_URL: optionalText('Where PagerDuty is, if not at events.pagerduty.com.'),
  ALERT_ALERTMANAGER_URL: secret('An Alertmanager, without /api/v2/alerts.'),
  ALERT_EMAIL_TO: optionalText('Who gets mail, separated by commas. Needs ALERT_EMAIL_SMTP_HOST.'),
  ALERT_EMAIL_FROM: text('tps@localhost', 'Whom mail is from.'),
  ALERT_EMAIL_SMTP_HOST: optionalText('The mail server.'),
  ALERT_EMAIL_SMTP_PORT: integer(587, [1, 65_535], 'The port of the mail server.'),
  ALERT_EMAIL_SMTP_TLS: choice(
    ['starttls', 'on'],
    'starttls',
    'Whether the mail server speaks TLS from the first byte.',
  ),
  ALERT_EMAIL_SMTP_USER: optionalText('The user at the mail server.'),
  ALERT_EMAIL_SMTP_PASSWORD: secret('The password at the mail server.'),
}
