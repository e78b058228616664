import { ManualClock, settle } from '@tps/internal/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { NaiveConnection } from './naive-connection.ts'
import { Post } from './nats-post.ts'

let clock: ManualClock
let connection: NaiveConnection
let post: Post

beforeEach(() => {
  clock = new ManualClock()
  connection = new NaiveConnection()
  post = new Post('inbox', { connection: connection.asConnection, queue: 'q', requestMs: 5_000, clock, timers: clock })
})

function last(): string {
  return connection.published.at(-1)?.reply ?? ''
}

describe('the post', () => {
  it('brings each question its own answer, whatever the order', async () => {
    const first = post.ask('a', '1')
    const second = post.ask('b', '2')
    const [one, two] = connection.published
    connection.deliver(two?.reply ?? '', { data: 'second' })
    connection.deliver(one?.reply ?? '', { data: 'first' })
    expect([(await first).string(), (await second).string()]).toEqual(['first', 'second'])
    expect([post.open, connection.subscriptions]).toEqual([0, 1])
    connection.deliver(last(), { data: 'once more' })
    expect(post.open).toBe(0)
  })

  it('sends again what gets no answer, with the same reply, and gives up at its time', async () => {
    const asked = post.ask('a', '1').catch((error: unknown) => error)
    await clock.advanceAsync(4_999)
    expect(connection.published).toHaveLength(3)
    expect(new Set(connection.published.map(({ reply }) => reply)).size).toBe(1)
    await clock.advanceAsync(1)
    expect(await asked).toMatchObject({ code: 'ERR_STORAGE_TIMEOUT', queue: 'q' })
    expect([post.open, clock.pendingTimers]).toEqual([0, 0])
  })

  it('asks until the given time where that is sooner', async () => {
    const asked = post.ask('a', '1', undefined, 300).catch((error: unknown) => error)
    await clock.advanceAsync(300)
    expect(await asked).toMatchObject({ code: 'ERR_STORAGE_TIMEOUT' })
  })

  it('tries again soon where nobody listens, and says so in the end', async () => {
    const asked = post.ask('a', '1').catch((error: unknown) => error)
    for (let times = 0; times < 49; times++) {
      connection.deliver(last(), { code: 503, why: 'no responders' })
      await clock.advanceAsync(100)
    }
    expect(connection.published).toHaveLength(50)
    await clock.advanceAsync(100)
    expect(await asked).toMatchObject({ code: 'ERR_STORAGE_GONE' })
    const heard = post.ask('b', '2')
    connection.deliver(last(), { code: 503, why: 'no responders' })
    await clock.advanceAsync(100)
    connection.deliver(last(), { data: 'here' })
    expect((await heard).string()).toBe('here')
  })

  it('sends everything again when the connection is back', () => {
    void post.ask('a', '1')
    void post.ask('b', '2')
    post.resendAll()
    expect(connection.published.map(({ subject }) => subject)).toEqual(['a', 'b', 'a', 'b'])
  })

  it('fails with what the client throws, and what the server refuses', async () => {
    connection.failure = Object.assign(new Error('max_payload'), { name: 'InvalidArgumentError' })
    await expect(post.ask('a', '1')).rejects.toMatchObject({ code: 'ERR_ITEM_TOO_LARGE' })
    connection.failure = undefined
    const refused = post.ask('a', '1').catch((error: unknown) => error)
    const other = post.ask('b', '2')
    post.refuse('a', new Error('may not'))
    expect(await refused).toMatchObject({ message: 'may not' })
    connection.deliver(last(), { data: 'well' })
    expect((await other).string()).toBe('well')
  })

  it('tells when all is answered, and fails what is open when it is closed', async () => {
    await post.settled()
    const asked = post.ask('a', '1')
    let isSettled = false
    const settled = post.settled().then(() => (isSettled = true))
    await settle()
    expect(isSettled).toBe(false)
    connection.deliver(last())
    await Promise.all([asked, settled])
    const open = post.ask('b', '2').catch((error: unknown) => error)
    const stop = new Error('stopped')
    post.close(stop)
    post.close(new Error('again'))
    expect([await open, await post.ask('c', '3').catch((error: unknown) => error)]).toEqual([stop, stop])
    expect([connection.subscriptions, clock.pendingTimers, connection.published.length]).toEqual([0, 0, 2])
  })

  it('closes when its inbox is refused', async () => {
    const asked = post.ask('a', '1').catch((error: unknown) => error)
    connection.deny('inbox.*', Object.assign(new Error('no inbox'), { name: 'PermissionViolationError' }))
    expect(await asked).toMatchObject({ code: 'ERR_STORAGE_REFUSED' })
  })
})
