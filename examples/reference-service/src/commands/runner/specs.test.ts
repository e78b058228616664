import { expect, it } from 'vitest'
import { type Plan, processesOf } from './specs.ts'

const PLAN: Plan = {
  port: 8080,
  downstreamPort: 8081,
  natsUrl: undefined,
  natsPort: 4222,
  natsData: '/tmp/nats data',
  fast: 2,
  slow: 1,
  fastWorkers: 20,
  slowWorkers: undefined,
  databaseFile: '/tmp/nats data/tasks.db',
  collectsSpans: true,
}

it('starts what the others need before them, and ends them in the reverse order', () => {
  const specs = processesOf(PLAN)
  expect(specs.map(({ name }) => name)).toEqual([
    'nats',
    'downstream',
    'worker-fast',
    'worker-fast-2',
    'worker-slow',
    'api',
  ])
  expect(specs[0]?.command).toMatch(/^exec nats-server --jetstream .*--port 4222 --store_dir '\/tmp\/nats data'$/)
})

it('tells each process its role, and where the others are', () => {
  const env = Object.fromEntries(processesOf(PLAN).map((spec) => [spec.name, spec.env]))
  const shared = { QUEUE: 'nats', NATS_URL: 'nats://127.0.0.1:4222', DOWNSTREAM_URL: 'http://127.0.0.1:8081' }
  expect(env['api']).toMatchObject({ ...shared, TPS_ROLE: 'api', PORT: '8080' })
  expect(env['worker-fast-2']).toMatchObject({ ...shared, TPS_ROLE: 'worker-fast', PORT: '0', WORKER_COUNT: '20' })
  expect(env['worker-slow']).toMatchObject({ ...shared, TPS_ROLE: 'worker-slow' })
  expect(env['worker-slow']).not.toHaveProperty('WORKER_COUNT')
})

it('gives the workers one database, and has them send their spans to the API', () => {
  const env = Object.fromEntries(processesOf(PLAN).map((spec) => [spec.name, spec.env]))
  for (const name of ['api', 'worker-fast', 'worker-slow'])
    expect(env[name]).toMatchObject({ DATABASE_FILE: '/tmp/nats data/tasks.db' })
  for (const name of ['downstream', 'worker-fast', 'worker-slow'])
    expect(env[name]).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:8080' })
  expect(env['api']).not.toHaveProperty('OTEL_EXPORTER_OTLP_ENDPOINT')
  const own = processesOf({ ...PLAN, databaseFile: undefined, collectsSpans: false })
  expect(own.some(({ env: each }) => 'DATABASE_FILE' in each || 'OTEL_EXPORTER_OTLP_ENDPOINT' in each)).toBe(false)
})

it('starts no NATS server where there is one', () => {
  const specs = processesOf({ ...PLAN, natsUrl: 'nats://elsewhere:4222' })
  expect(specs.map(({ name }) => name)).not.toContain('nats')
  expect(specs.every(({ env }) => env['NATS_URL'] === 'nats://elsewhere:4222')).toBe(true)
})

it('refuses a path that the shell would take apart', () => {
  expect(() => processesOf({ ...PLAN, natsData: "/tmp/it's" })).toThrow('a path with a quote in it')
})
