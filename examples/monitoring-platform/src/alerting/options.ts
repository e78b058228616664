import { Type } from 'typebox'

const integer = (minimum: number, maximum: number, fallback: number, description: string) =>
  Type.Integer({ minimum, maximum, default: fallback, description })

const text = (description: string) => Type.String({ default: '', description })

/** The variables of the alerting engine. Those of channels are empty when there is no such channel. */
export const alertingOptions = {
  RULES_FILE: text(
    'YAML or JSON with the alert rules. Read again when it changes. Empty: the rules of the walkthrough.',
  ),
  ALERT_EVERY_MS: integer(10, 60_000, 250, 'How often time is looked at: the ends of windows, of `for`, of silences.'),
  ALERT_MAX_SERIES: integer(1, 1_000_000, 10_000, 'How many series or groups one rule watches. More are counted.'),
  ALERT_ATTEMPTS: integer(1, 1_000, 30, 'How often a notification is tried.'),
  ALERT_RETRY_MS: integer(1, 60_000, 500, 'The pause after the first try that fails. It doubles, up to 5 s.'),
  ALERT_TIMEOUT_MS: integer(1, 600_000, 10_000, 'How long one try may take.'),
  ALERT_WEBHOOK_URL: text('Alerts are posted here, signed as Standard Webhooks. Needs ALERT_WEBHOOK_KEY.'),
  ALERT_WEBHOOK_KEY: text('The key that is shared with the receivers of webhooks: whsec_ and base64.'),
  ALERT_SLACK_URL: text('An incoming webhook of Slack.'),
  ALERT_EMAIL_TO: text('Who gets mail, separated by commas. Needs ALERT_EMAIL_SMTP_HOST.'),
  ALERT_EMAIL_FROM: Type.String({ minLength: 1, default: 'platform@localhost', description: 'Whom mail is from.' }),
  ALERT_EMAIL_SMTP_HOST: text('The mail server.'),
  ALERT_EMAIL_SMTP_PORT: integer(1, 65_535, 587, 'The port of the mail server.'),
  ALERT_EMAIL_SMTP_USER: text('The user at the mail server.'),
  ALERT_EMAIL_SMTP_PASSWORD: text('The password at the mail server.'),
}
