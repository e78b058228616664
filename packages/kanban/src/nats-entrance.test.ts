import { ManualClock, settle } from '@tps/internal/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { NaiveConnection } from './naive-connection.ts'
import { Entrance, type Parcel, Producer } from './nats-entrance.ts'
import { HEADER, sealed } from './nats-envelope.ts'
import { Post } from './nats-post.ts'

const FULL = { err_code: 10_077, description: 'maximum messages exceeded' }

let clock: ManualClock
let connection: NaiveConnection
let entrance: Entrance
let admitted: number[]
/** How much the server takes. */
let room: number
let sequence: number
let answeredTo: number

beforeEach(() => {
  clock = new ManualClock()
  connection = new NaiveConnection()
  admitted = []
  room = 0
  sequence = answeredTo = 0
  const post = new Post('inbox', {
    connection: connection.asConnection,
    queue: 'q',
    requestMs: 60_000,
    clock,
    timers: clock,
  })
  entrance = new Entrance({ name: 'q', post, timers: clock, random: () => 0, admitted: ({ id }) => admitted.push(id) })
})

function parcel(id: string): Parcel {
  return { subject: 'kanban.q.x', payload: id, headers: sealed({}, { [HEADER.messageId]: id }), isKeyed: false }
}

function put(id: string, signal?: AbortSignal): Producer {
  const producer = new Producer(parcel(id), signal)
  producer.promise.catch(() => {})
  entrance.put(producer)
  return producer
}

/** The server answers all that it has been sent. */
async function answer(): Promise<string[]> {
  const asked = connection.published.slice(answeredTo)
  answeredTo = connection.published.length
  for (const { reply } of asked) {
    const isIn = room > 0
    if (isIn) room--
    connection.deliver(reply, { data: JSON.stringify(isIn ? { stream: 'q', seq: ++sequence } : { error: FULL }) })
  }
  await settle()
  return asked.map(({ payload }) => payload)
}

describe('the entrance', () => {
  it('sends at once, as much at a time as is put in, while there is room', async () => {
    room = 3
    const producers = ['a', 'b', 'c'].map((id) => put(id))
    expect(await answer()).toEqual(['a', 'b', 'c'])
    expect(await Promise.all(producers.map(({ promise }) => promise))).toEqual(
      [1, 2, 3].map((id) => ({ id, isDuplicate: false })),
    )
    expect([admitted, entrance.line.size]).toEqual([[1, 2, 3], 0])
  })

  it('asks less and less often when it is full, always for the first of the line, with the same id', async () => {
    for (const id of ['a', 'b']) put(id)
    await answer()
    expect(await entrance.offer(parcel('pushy'))).toBe('full')
    const asked: [string[], number][] = []
    for (let times = 0; times < 9; times++) {
      const beforeMs = clock.now()
      while (connection.published.length === answeredTo) await clock.advanceAsync(1)
      asked.push([await answer(), clock.now() - beforeMs])
    }
    expect(asked.map(([ids]) => ids)).toEqual(asked.map(() => ['a']))
    expect(asked.map(([, ms]) => ms)).toEqual([8, 16, 32, 64, 128, 250, 250, 250, 250])
    expect(
      new Set(
        connection.published
          .filter(({ payload }) => payload === 'a')
          .map(({ headers }) => headers[HEADER.messageId]?.[0]),
      ).size,
    ).toBe(1)
  })

  it('takes in the line in its order, more at a time as it goes, when there is room again', async () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const order: string[] = []
    for (const id of ids) void put(id).promise.then(() => order.push(id))
    await answer()
    room = 7
    entrance.roomMade()
    expect(await answer()).toEqual(['a'])
    expect(await answer()).toEqual(['b', 'c'])
    expect(await answer()).toEqual(['d', 'e', 'f', 'g'])
    expect([order, entrance.line.size]).toEqual([ids, 0])
    room = 2
    for (const id of ['h', 'i']) put(id)
    expect(await answer()).toEqual(['h', 'i'])
  })

  it('asks at once when something was taken out while it was asking', async () => {
    put('a')
    await answer()
    entrance.roomMade()
    entrance.roomMade()
    await answer()
    expect(await answer()).toEqual(['a'])
  })

  it('lets a producer go that waits, and one under way when the answer is no', async () => {
    const controller = new AbortController()
    const waits = put('a', controller.signal)
    const other = put('b')
    await answer()
    entrance.roomMade()
    const last = new AbortController()
    last.abort(new Error('gone'))
    controller.abort(new Error('enough'))
    await settle()
    expect(entrance.line.size).toBe(2)
    await answer()
    await expect(waits.promise).rejects.toThrow('enough')
    room = 1
    entrance.roomMade()
    await clock.advanceAsync(300)
    expect(await answer()).toEqual(['b'])
    expect(await other.promise).toMatchObject({ id: 1 })
  })

  it('admits one whose signal aborted when the server had taken it in already', async () => {
    room = 1
    const controller = new AbortController()
    const producer = put('a', controller.signal)
    controller.abort(new Error('late'))
    await answer()
    expect(await producer.promise).toMatchObject({ id: 1 })
  })

  it('fails one that the server refuses, and goes on with the others', async () => {
    const bad = put('bad')
    const good = put('good')
    const [first, second] = connection.published
    connection.deliver(first?.reply ?? '', {
      data: '{"error":{"err_code":10077,"description":"maximum bytes exceeded"}}',
    })
    connection.deliver(second?.reply ?? '', { data: '{"stream":"q","seq":9}' })
    await expect(bad.promise).rejects.toMatchObject({ code: 'ERR_STORAGE_FULL' })
    expect(await good.promise).toMatchObject({ id: 9 })
  })

  it('takes a stream that is closed for a moment, while its limits change, for a full one', async () => {
    const producer = put('a')
    connection.deliver(connection.published[0]?.reply ?? '', {
      data: '{"error":{"err_code":10054,"description":"message size exceeds maximum allowed"}}',
    })
    await settle()
    answeredTo = 1
    room = 1
    await clock.advanceAsync(10)
    await answer()
    expect(await producer.promise).toMatchObject({ id: 1 })
  })

  it('refuses those that wait when it is closed, and asks no more', async () => {
    const producers = ['a', 'b'].map((id) => put(id))
    await answer()
    entrance.close()
    for (const { promise } of producers) await expect(promise).rejects.toMatchObject({ code: 'ERR_QUEUE_CLOSED' })
    await clock.advanceAsync(1_000)
    expect([entrance.line.size, connection.published.length, clock.pendingTimers]).toEqual([0, 2, 1])
  })
})
