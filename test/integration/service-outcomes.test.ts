import { afterAll, beforeAll, expect, it } from 'vitest'
import { readConfig } from '../../examples/reference-service/src/config.ts'
import { createLog } from '../../examples/reference-service/src/logging.ts'
import type { Outcome } from '../../examples/reference-service/src/line/outcome.ts'
import { NatsLink } from '../../examples/reference-service/src/nats/link.ts'
import { NatsOutcomes } from '../../examples/reference-service/src/nats/outcomes.ts'
import { RunningNats } from './nats.ts'

let nats: RunningNats
beforeAll(async () => void (nats = await RunningNats.start()))
afterAll(async () => await nats.stop())

const OUTCOME: Outcome = {
  id: 'one',
  traceId: 'f'.repeat(32),
  signalType: 'execute',
  acceptedAt: '2026-01-01T00:00:00.000Z',
  status: 'completed',
  durationMs: 12,
  kind: 'execute',
}

async function open(): Promise<{ link: NatsLink; outcomes: NatsOutcomes }> {
  const config = readConfig({ QUEUE: 'nats', NATS_URL: `nats://127.0.0.1:${nats.port}` })
  const link = await NatsLink.open(config, createLog({ LOG_LEVEL: 'silent' }))
  return { link, outcomes: await NatsOutcomes.open(link, config) }
}

it('tells how a signal ended once the server that was killed is there again', async () => {
  const { link, outcomes } = await open()
  await nats.kill()
  const telling = outcomes.tell(OUTCOME, 1)
  await nats.restart()
  await telling
  expect(await outcomes.isEnded('one', 1)).toBe(true)
  await outcomes.tell({ ...OUTCOME, status: 'failed' }, 1)
  expect(outcomes.duplicates).toBe(1)
  outcomes.stop()
  await link.close()
})

it('gives up what can not be told when it is stopped', async () => {
  const { link, outcomes } = await open()
  await nats.kill()
  const telling = outcomes.tell({ ...OUTCOME, id: 'two' }, 1)
  const refusal = telling.catch((error: unknown) => error)
  outcomes.stop()
  expect(await refusal).toMatchObject({ name: 'TimeoutError' })
  await nats.restart()
  await link.close()
})
