import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'
import { ConfigError } from './config/check.ts'

describe('the configuration', () => {
  it('has a default for everything that is not optional', () => {
    expect(readConfig({})).toMatchObject({ TPS_ROLE: 'all', QUEUE: 'memory', MAX_QUEUE_DEPTH: 100, WORKER_COUNT: 2 })
  })

  it('takes an empty variable for none', () => {
    expect(readConfig({ WORKER_COUNT: '', ADMIN_TOKEN: '' })).toEqual(readConfig({}))
  })

  it.each([
    [{ WORKER_COUNT: 'many' }, 'WORKER_COUNT must be an integer from 1 to 1000; it is "many". How many workers'],
    [{ WORKER_COUNT: '1.5' }, 'WORKER_COUNT must be an integer'],
    [{ RATE_LIMIT: '-1' }, 'RATE_LIMIT must be a number from 0 to 1000000; it is "-1"'],
    [{ QUEUE: 'redis' }, 'QUEUE must be one of memory, sqlite, nats; it is "redis"'],
    [{ ADMIN_TOKEN: 'too-short' }, 'ADMIN_TOKEN must be a text of at least 16 characters. Opens'],
    [{ TPS_ROLE: 'api' }, 'TPS_ROLE=api needs QUEUE=nats; it is memory'],
    [
      { AUTOSCALE: 'on', WORKER_COUNT: '30' },
      'WORKERS_MAX must be at least WORKER_COUNT (30) with AUTOSCALE=on; it is 20',
    ],
    [{ ALERT_WEBHOOK_URL: 'https://a.example' }, 'ALERT_WEBHOOK_URL and ALERT_WEBHOOK_KEY must be given together'],
    [{ ALERT_EMAIL_TO: 'ops@a.example' }, 'ALERT_EMAIL_TO needs ALERT_EMAIL_SMTP_HOST'],
    [{ DOWNSTREAM_URL: 'localhost:1' }, 'DOWNSTREAM_URL must be a URL that begins with http:// or https://'],
  ])('refuses %j: %s', (environment, message) => {
    expect(() => readConfig(environment)).toThrow(message)
    expect(() => readConfig(environment)).toThrow(ConfigError)
  })

  it('names everything that is wrong at once, and never the value of a secret', () => {
    const given = { WORKER_COUNT: '0', TASK_MS: 'x', SIGNAL_SECRET: 'hush' }
    expect(() => readConfig(given)).toThrow(/WORKER_COUNT[^]*TASK_MS|TASK_MS[^]*WORKER_COUNT/)
    expect(() => readConfig(given)).not.toThrow(/hush/)
  })
})
