import { rateLimiter } from '@tps/heijunka'
import { CircuitBreaker } from '@tps/jidoka'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { MemoryQueue } from '../queue/memory-queue.ts'
import type { Admission, SampleQueue } from '../queue/queue.ts'
import { SeriesTable } from '../series.ts'
import { StoreError } from '../storage/errors.ts'
import { Ingestion } from './ingestion.ts'

interface Said {
  readonly status: number
  readonly body: unknown
  readonly retryAfterMs: number | undefined
}

function setUp(queue: SampleQueue = new MemoryQueue(10), limit = 0) {
  const series = new SeriesTable()
  const breaker = new CircuitBreaker({ name: 'storage', trip: { consecutiveFailures: 1 } })
  const told: number[][] = []
  const ingestion = new Ingestion({
    series,
    queue,
    breaker,
    limiter: limit === 0 ? undefined : rateLimiter({ limit, clock: { now: () => 0 } }),
    log: pino({ level: 'silent' }),
    tell: ({ values }) => void told.push(Array.from(values)),
    retentionMs: 1_000_000,
    futureMs: 1_000,
    now: () => 5_000_000,
  })
  const send = async (body: string, client = 'a'): Promise<Said> =>
    await new Promise((resolve) => {
      ingestion.receive(Buffer.from(body), client, ({ status, body: bytes, retryAfterMs }) =>
        resolve({ status, body: JSON.parse(bytes.toString()), retryAfterMs }),
      )
    })
  return { ingestion, queue, breaker, told, send }
}

const one = (value: number): string => `{"name":"a","value":${value}}`
const many = (count: number): string => `[${Array.from({ length: count }, (_, value) => one(value)).join(',')}]`

it('makes one batch of the requests of a turn, and answers each for itself', async () => {
  const { send, told, queue, ingestion } = setUp()
  const answers = await Promise.all([
    send(one(1)),
    send('{"name":"a"}'),
    send(many(2)),
    send('[]'),
    send('{"name":"b","value":"NaN"}'),
  ])
  expect(answers.map(({ status }) => status)).toEqual([202, 400, 202, 202, 202])
  expect(answers.map(({ body }) => (body as { accepted?: number }).accepted)).toEqual([1, undefined, 2, 0, 0])
  expect(told).toEqual([[1, 0, 1]])
  expect(queue.snapshot().depth).toBe(3)
  expect(ingestion.snapshot()).toMatchObject({ accepted: 3, ignored: 1, requests: 5, badRequests: 1 })
})

it('answers 429 with a time when the queue is full, and accepts nothing of it', async () => {
  const { send, told, queue } = setUp()
  expect((await send(many(8))).status).toBe(202)
  expect(await send(many(3))).toMatchObject({
    status: 429,
    retryAfterMs: 1_000,
    body: { status: 'rejected', retry_after_ms: 1_000 },
  })
  expect((await send(many(2))).status).toBe(202)
  expect([queue.snapshot().depth, told.flat().length]).toEqual([10, 10])
})

it('answers 503 while nothing can be stored, and when the queue can not keep it', async () => {
  const { send, breaker, told } = setUp()
  breaker.tryAcquire()?.failure(new Error('disk'))
  expect(await send(one(1))).toMatchObject({ status: 503, retryAfterMs: 1_000 })
  const failing: SampleQueue = Object.assign(new MemoryQueue(10), {
    offer: async (): Promise<Admission> => await Promise.reject(new StoreError('ERR_STORE_FULL', 'the disk is full')),
  })
  const other = setUp(failing)
  expect(await other.send(one(1))).toMatchObject({
    status: 503,
    body: { message: 'Nothing of this was accepted: the disk is full.' },
  })
  expect([told, other.told]).toEqual([[], []])
})

it('heeds the limit of each client, by samples', async () => {
  const { send } = setUp(new MemoryQueue(1_000), 10)
  expect((await send(many(8))).status).toBe(202)
  expect(await send(many(3))).toMatchObject({ status: 429, retryAfterMs: 100 })
  expect((await send(many(3), 'b')).status).toBe(202)
  expect((await send(many(2))).status).toBe(202)
  expect((await send(one(1))).status).toBe(429)
  // More than it may ever send at once: coming back is of no use.
  expect(await send(many(11), 'c')).toMatchObject({ status: 429, retryAfterMs: undefined })
})
