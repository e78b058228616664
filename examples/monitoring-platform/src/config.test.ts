import { expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

it('is durable and fast by default', () => {
  expect(readConfig({})).toMatchObject({
    PORT: 8090,
    DURABILITY: 'commit',
    QUEUE: 'memory',
    STORE: 'duckdb',
    PROFILE: 'fast',
  })
})

it('is naive in Phase 0, but for what is said otherwise', () => {
  expect(readConfig({ PROFILE: 'phase0', FLUSH_MS: '5' })).toMatchObject({
    STORE: 'jsonl',
    DURABILITY: 'memory',
    FLUSH_SAMPLES: 1,
    FLUSH_MS: 5,
  })
})

it.each([
  [{ PORT: 'x' }, 'PORT'],
  [{ QUEUE: 'kafka' }, 'QUEUE'],
  [{ ROLE: 'ingest' }, 'needs QUEUE=jetstream'],
  [{ STORE: 'jsonl' }, 'set DURABILITY=memory'],
])('says what is wrong with %j', (environment, message) => {
  expect(() => readConfig(environment)).toThrow(ConfigError)
  expect(() => readConfig(environment)).toThrow(message)
})
