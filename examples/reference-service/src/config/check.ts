import type { Config } from '../config.ts'
import { parseResourceAttributes } from '../tracing/resource-attributes.ts'

/** Thrown when the configuration can't be used. The message names each variable that is wrong, and what it may be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly code = 'ERR_CONFIG'

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`The configuration can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`, options)
  }
}

/** What is wrong with variables that are each right by themselves. */
export function checkTogether(config: Config): string[] {
  const problems: string[] = []
  const check = (isRight: boolean, problem: string): void => void (isRight || problems.push(problem))
  const { TPS_ROLE, QUEUE, WORKER_COUNT, WORKERS_MAX, AUTOSCALE } = config
  check(TPS_ROLE === 'all' || QUEUE === 'nats', `TPS_ROLE=${TPS_ROLE} needs QUEUE=nats; it is ${QUEUE}`)
  check(
    AUTOSCALE === 'off' || WORKERS_MAX >= WORKER_COUNT,
    `WORKERS_MAX must be at least WORKER_COUNT (${WORKER_COUNT}) with AUTOSCALE=on; it is ${WORKERS_MAX}`,
  )
  check(
    (config.ALERT_WEBHOOK_URL === undefined) === (config.ALERT_WEBHOOK_KEY === undefined),
    'ALERT_WEBHOOK_URL and ALERT_WEBHOOK_KEY must be given together',
  )
  check(
    config.ALERT_EMAIL_TO === undefined || config.ALERT_EMAIL_SMTP_HOST !== undefined,
    'ALERT_EMAIL_TO needs ALERT_EMAIL_SMTP_HOST',
  )
  check(
    config.DATABASE_URL === undefined || /^postgres(ql)?:\/\/./.test(config.DATABASE_URL),
    'DATABASE_URL must be a URL that begins with postgres://',
  )
  check(
    config.DATABASE_URL === undefined || config.DATABASE_FILE === undefined,
    'DATABASE_URL and DATABASE_FILE must not be given together',
  )
  problems.push(...resourceProblems(config.OTEL_RESOURCE_ATTRIBUTES ?? ''))
  for (const key of [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'DOWNSTREAM_URL',
    'ALERT_WEBHOOK_URL',
    'ALERT_SLACK_URL',
    'ALERT_PAGERDUTY_URL',
    'ALERT_ALERTMANAGER_URL',
  ] as const)
    check(isHttp(config[key]), `${key} must be a URL that begins with http:// or https://`)
  return problems
}

function resourceProblems(text: string): string[] {
  try {
    parseResourceAttributes(text)
    return []
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)]
  }
}

function isHttp(url: string | undefined): boolean {
  return url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))
}
