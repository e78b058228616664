import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer, ClaimedRow, DeadRow, PutAnswer, Request, StoreOptions } from './sqlite-protocol.ts'
import { APPLICATION_ID, MIGRATIONS, checkSqliteVersion } from './sqlite-schema.ts'
import { SqliteStore } from './sqlite-store.ts'

let folder: string
let nowMs: number
const open: SqliteStore[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanban-'))
  nowMs = 1_000_000_000_000
})

afterEach(() => {
  for (const store of open.splice(0)) store.close()
  rmSync(folder, { recursive: true })
})

const DEFAULTS: Omit<StoreOptions, 'path'> = {
  capacity: 3,
  classes: ['urgent', 'standard'],
  maxAgeMs: 60_000,
  synchronous: 'normal',
  leaseMs: 1_000,
  maxDeliveries: 3,
  deadLetterCapacity: 2,
  maxErrors: 2,
  dedupWindowMs: 0,
  maxKeys: 10,
  busyMs: 0,
  maxBytes: Number.POSITIVE_INFINITY,
}

function openStore(options: Partial<StoreOptions> = {}): SqliteStore {
  const store = new SqliteStore({ ...DEFAULTS, path: join(folder, 'q.db'), ...options }, () => nowMs)
  open.push(store)
  return store
}

function put(item: string, more: Partial<Extract<Request, { kind: 'put' }>> = {}): Request {
  const none = { key: null, tenant: null, headers: null, delayMs: 0, deadlineMs: null }
  return { kind: 'put', item, class: 'standard', ...none, ...more }
}

const claimOf = (count: number): Request => ({ kind: 'claim', count })

function ask(store: SqliteStore, request: Request): Answer {
  return store.run([request]).answers[0] as Answer
}

function claim(store: SqliteStore, count = 1): readonly ClaimedRow[] {
  return ask(store, claimOf(count)) as readonly ClaimedRow[]
}

function items(rows: readonly { readonly item: string | Uint8Array }[]): unknown[] {
  return rows.map(({ item }) => item)
}

function dead(store: SqliteStore): readonly DeadRow[] {
  return ask(store, { kind: 'list-dead', after: 0, limit: 100 }) as readonly DeadRow[]
}

function first(store: SqliteStore): ClaimedRow {
  const [row] = claim(store)
  if (!row) throw new Error('nothing to claim')
  return row
}

const ended = (kind: 'ack' | 'release', { id, fence }: ClaimedRow): Request => ({ kind, id, fence })

function retry({ id, fence }: ClaimedRow, delayMs = 0, message?: string): Request {
  return { kind: 'retry', id, fence, delayMs, error: message === undefined ? null : JSON.stringify({ message }) }
}

function bury({ id, fence }: ClaimedRow, message = 'dead'): Request {
  return { kind: 'dead-letter', id, fence, error: JSON.stringify({ message }) }
}

describe('putting and claiming', () => {
  it('hands out in the order of arrival, the urgent class first', () => {
    const store = openStore()
    store.run([put('a'), put('b'), put('u', { class: 'urgent' })])
    expect(items(claim(store, 2))).toEqual(['u', 'a'])
    expect(items(claim(store, 2))).toEqual(['b'])
    expect(claim(store)).toEqual([])
  })

  it('admits up to the capacity in one transaction, and says so of each', () => {
    const store = openStore()
    const { answers, standing } = store.run(['a', 'b', 'c', 'd'].map((item) => put(item)))
    expect(answers.map((answer) => (answer as PutAnswer).how)).toEqual(['in', 'in', 'in', 'full'])
    expect(standing).toMatchObject({ ready: 3, leased: 0 })
    claim(store)
    expect(ask(store, put('d'))).toMatchObject({ how: 'in' })
  })

  it('gives the room of a claim to a put of the same transaction, and what was put to a claim', () => {
    const store = openStore({ capacity: 1 })
    store.run([put('a')])
    const { answers } = store.run([put('b'), claimOf(2)])
    expect(answers[0]).toMatchObject({ how: 'in' })
    expect(items(answers[1] as readonly ClaimedRow[])).toEqual(['a', 'b'])
  })

  it('keeps what comes with an item', () => {
    const store = openStore()
    store.run([put('a', { key: 'k', tenant: 't', headers: '{"traceparent":"00-1"}' })])
    expect(first(store)).toMatchObject({ key: 'k', tenant: 't', headers: '{"traceparent":"00-1"}', createdAt: nowMs })
  })

  it('keeps bytes as bytes', () => {
    const store = openStore()
    store.run([{ ...put(''), item: new Uint8Array([1, 2, 3]) } as Request])
    expect(first(store).item).toEqual(new Uint8Array([1, 2, 3]))
  })

  it('serves a less urgent class once it has waited longer than the ageing bound', () => {
    const store = openStore({ maxAgeMs: 500 })
    store.run([put('old')])
    nowMs += 501
    store.run([put('u', { class: 'urgent' })])
    expect(items(claim(store, 2))).toEqual(['old', 'u'])
  })

  it('serves classes that only the file knows, after its own', () => {
    const other = openStore({ classes: ['night'] })
    other.run([put('n', { class: 'night' })])
    const store = openStore()
    store.run([put('s')])
    expect(items(claim(store, 2))).toEqual(['s', 'n'])
  })
})

describe('leases', () => {
  it('are ended once, by the fence', () => {
    const store = openStore()
    store.run([put('a')])
    const lease = first(store)
    expect(ask(store, { ...ended('ack', lease), fence: lease.fence + 1 } as Request)).toBe('lost')
    expect(ask(store, ended('ack', lease))).toBe('done')
    expect(ask(store, ended('ack', lease))).toBe('lost')
    expect(store.run([]).standing).toMatchObject({ ready: 0, leased: 0 })
  })

  it('run out: the item goes to the next one, and the late acknowledgement is refused', () => {
    const store = openStore()
    store.run([put('a')])
    const late = first(store)
    nowMs += 999
    expect(claim(store)).toEqual([])
    nowMs += 1
    const { answers, standing } = store.run([claimOf(1)])
    const [again] = answers[0] as readonly ClaimedRow[]
    expect(again).toMatchObject({ item: 'a', attempt: 2 })
    expect(standing.leasesLost).toBe(1)
    expect(ask(store, ended('ack', late))).toBe('lost')
    expect(ask(store, ended('ack', again as ClaimedRow))).toBe('done')
  })

  it('can be extended while they hold', () => {
    const store = openStore()
    store.run([put('a')])
    const { id, fence } = first(store)
    nowMs += 900
    expect(ask(store, { kind: 'extend', id, fence, ms: 1_000 })).toBe('done')
    nowMs += 900
    expect(claim(store)).toEqual([])
    nowMs += 100
    claim(store)
    expect(ask(store, { kind: 'extend', id, fence, ms: 1_000 })).toBe('lost')
  })

  it('come back where they were, uncharged, when they are released', () => {
    const store = openStore()
    store.run([put('a'), put('b')])
    ask(store, ended('release', first(store)))
    expect(claim(store, 2).map(({ item, attempt }) => [item, attempt])).toEqual([
      ['a', 1],
      ['b', 1],
    ])
  })

  it('tell a released handing out from the next one', () => {
    const store = openStore()
    store.run([put('a')])
    const released = first(store)
    ask(store, ended('release', released))
    const next = first(store)
    expect(next.attempt).toBe(released.attempt)
    expect(ask(store, ended('ack', released))).toBe('lost')
  })

  it('come back at the end of their class, after the delay, when they are retried', () => {
    const store = openStore()
    store.run([put('a'), put('b')])
    const { standing } = store.run([retry(first(store), 500)])
    expect(standing).toMatchObject({ ready: 1, delayed: 1, nextAt: nowMs + 500 })
    nowMs += 499
    expect(items(claim(store, 2))).toEqual(['b'])
    nowMs += 1
    expect(claim(store)).toMatchObject([{ item: 'a', attempt: 2 }])
  })

  it('make a dead letter of what was handed out too often and never ended', () => {
    const store = openStore()
    store.run([put('killer')])
    for (let crash = 0; crash < 3; crash++) {
      expect(claim(store)).toHaveLength(1)
      nowMs += 1_000
    }
    const { answers, standing } = store.run([claimOf(1)])
    expect([answers[0], standing.poisoned]).toEqual([[], 1])
    expect(dead(store)).toMatchObject([{ item: 'killer', attempt: 3 }])
    expect(dead(store)[0]?.errors).toContain('ERR_LEASE_LOST')
  })
})

describe('the wall clock', () => {
  it('takes a jump forward for the end of leases: another one works on it, and the first may not acknowledge', () => {
    const store = openStore()
    store.run([put('a')])
    const before = first(store)
    nowMs += 86_400_000
    expect(claim(store)).toMatchObject([{ attempt: 2 }])
    expect(ask(store, ended('ack', before))).toBe('lost')
  })

  it('moves times along when it is set back, so that a lease still ends in its time', () => {
    const store = openStore()
    store.run([put('a'), put('b', { delayMs: 300 }), put('c', { deadlineMs: 400 })])
    claim(store)
    nowMs -= 86_400_000
    store.run([put('x')])
    nowMs += 300
    expect(items(claim(store, 9))).toEqual(['c', 'x', 'b'])
    nowMs += 700
    expect(claim(store)).toMatchObject([{ item: 'a', attempt: 2 }])
  })
})

describe('deadlines', () => {
  it('take an item out that was not handed out in time, and make room', () => {
    const store = openStore({ capacity: 1 })
    store.run([put('a', { deadlineMs: 100 })])
    nowMs += 100
    const { answers, standing } = store.run([put('b')])
    expect([answers[0], standing.expired]).toMatchObject([{ how: 'in' }, 1])
    expect(items(claim(store, 2))).toEqual(['b'])
  })

  it('do not touch what is being worked on, but end its retries', () => {
    const store = openStore()
    store.run([put('a', { deadlineMs: 100 })])
    const lease = first(store)
    nowMs += 100
    expect(store.run([]).standing).toMatchObject({ leased: 1, expired: 0 })
    store.run([retry(lease)])
    expect(store.run([claimOf(1)])).toMatchObject({ answers: [[]], standing: { expired: 1, ready: 0 } })
  })
})

describe('keys', () => {
  it('refuse a second one while the first waits or is worked on', () => {
    const store = openStore()
    store.run([put('a', { key: 'k' })])
    expect(ask(store, put('b', { key: 'k' }))).toEqual({ how: 'duplicate', id: 1 })
    const lease = first(store)
    expect(ask(store, put('b', { key: 'k' }))).toEqual({ how: 'duplicate', id: 1 })
    ask(store, ended('ack', lease))
    expect(ask(store, put('b', { key: 'k' }))).toMatchObject({ how: 'in' })
  })

  it('are known in one transaction, also when it is full', () => {
    const store = openStore({ capacity: 1 })
    const { answers } = store.run([put('a', { key: 'k' }), put('a', { key: 'k' })])
    expect(answers).toEqual([
      { how: 'in', id: 1 },
      { how: 'duplicate', id: 1 },
    ])
  })

  it('count for a while after the item was settled', () => {
    const store = openStore({ dedupWindowMs: 500 })
    store.run([put('a', { key: 'k' })])
    ask(store, ended('ack', first(store)))
    nowMs += 499
    expect(ask(store, put('b', { key: 'k' }))).toEqual({ how: 'duplicate', id: 0 })
    nowMs += 1
    expect(ask(store, put('b', { key: 'k' }))).toMatchObject({ how: 'in' })
  })

  it('are forgotten, the oldest first, beyond the bound', () => {
    const store = openStore({ dedupWindowMs: 1e9, maxKeys: 10 })
    for (let index = 0; index < 40; index++) {
      store.run([put('a', { key: `k${index}` })])
      ask(store, ended('ack', first(store)))
      nowMs++
    }
    const kept = Number(store.db.prepare('SELECT count(*) AS kept FROM settled').get()?.kept)
    expect(kept).toBeGreaterThanOrEqual(10)
    expect(kept).toBeLessThanOrEqual(11)
    expect(ask(store, put('a', { key: 'k39' }))).toMatchObject({ how: 'duplicate' })
    expect(ask(store, put('a', { key: 'k0' }))).toMatchObject({ how: 'in' })
  })
})

describe('dead letters', () => {
  it('keep the last errors of the chain and the attempts', () => {
    const store = openStore()
    store.run([put('a', { key: 'k', tenant: 't' })])
    ask(store, retry(first(store), 0, 'one'))
    ask(store, retry(first(store), 0, 'two'))
    ask(store, bury(first(store), 'three'))
    expect(dead(store)).toMatchObject([{ item: 'a', attempt: 3, key: 'k', tenant: 't', diedAt: nowMs, redrives: 0 }])
    expect(JSON.parse(dead(store)[0]?.errors ?? '')).toEqual([{ message: 'two' }, { message: 'three' }])
  })

  it('drop the oldest beyond the bound', () => {
    const store = openStore()
    store.run([put('a'), put('b'), put('c')])
    const { standing } = store.run(claim(store, 3).map((row) => bury(row)))
    expect(standing).toMatchObject({ dead: 2, deadDropped: 1 })
    expect(items(dead(store))).toEqual(['b', 'c'])
  })

  it('go back with attempts from the start, their chain, and a count of redrives', () => {
    const store = openStore()
    store.run([put('a')])
    ask(store, bury(first(store), 'one'))
    expect(ask(store, { kind: 'redrive', id: dead(store)[0]?.id ?? 0 })).toBe('done')
    const again = first(store)
    expect(again.attempt).toBe(1)
    ask(store, bury(again, 'two'))
    expect(dead(store)).toMatchObject([{ attempt: 2, redrives: 1 }])
    expect(JSON.parse(dead(store)[0]?.errors ?? '')).toEqual([{ message: 'one' }, { message: 'two' }])
  })

  it('stay when the queue is full, or when what they repeat waits', () => {
    const store = openStore({ capacity: 1 })
    store.run([put('a', { key: 'k' })])
    ask(store, bury(first(store)))
    const id = dead(store)[0]?.id ?? 0
    store.run([put('b')])
    expect(ask(store, { kind: 'redrive', id })).toBe('full')
    claim(store)
    store.run([put('c', { key: 'k' })])
    claim(store)
    expect(ask(store, { kind: 'redrive', id })).toBe('duplicate')
    expect(ask(store, { kind: 'remove-dead', id })).toBe('done')
    expect(ask(store, { kind: 'redrive', id })).toBe('lost')
  })
})

describe('several connections on one file', () => {
  it('see each other: one line, one capacity, one holder', () => {
    const [one, two] = [openStore(), openStore()]
    one.run([put('a'), put('b')])
    expect(two.run([put('c'), put('d')]).answers).toMatchObject([{ how: 'in' }, { how: 'full' }])
    const lease = first(two)
    expect(items(claim(one, 9))).toEqual(['b', 'c'])
    expect(ask(one, ended('ack', lease))).toBe('done')
    expect(ask(two, ended('ack', lease))).toBe('lost')
    expect(one.run([]).standing).toMatchObject({ ready: 0, leased: 2 })
    expect([one.verify(), two.verify()]).toEqual([[], []])
  })

  it('answers an idle claim without a transaction, until another one has written', () => {
    const [one, two] = [openStore(), openStore()]
    one.run([])
    expect(claim(one)).toEqual([])
    two.run([put('a')])
    expect(items(claim(one))).toEqual(['a'])
  })
})

describe('the file', () => {
  it('is the same after it was closed and opened', () => {
    const store = openStore()
    store.run([put('a'), put('b')])
    claim(store)
    open.pop()?.close()
    const again = openStore()
    expect(again.run([]).standing).toMatchObject({ ready: 1, leased: 1 })
    expect(items(claim(again))).toEqual(['b'])
  })

  it('is unchanged when a transaction fails in the middle', () => {
    const store = openStore()
    store.run([put('a')])
    const lease = first(store)
    expect(() => store.run([put('b'), ended('ack', lease), { ...put('c'), item: undefined } as never])).toThrow(/bound/)
    expect(store.run([]).standing).toMatchObject({ ready: 0, leased: 1 })
    expect(ask(store, ended('ack', lease))).toBe('done')
    expect(store.verify()).toEqual([])
  })

  it('of an earlier format is brought up to date, with what is in it', () => {
    const path = join(folder, 'old.db')
    const old = new DatabaseSync(path)
    old.exec(`${MIGRATIONS[0]};
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = 1;
      INSERT INTO jobs (id, class, place, item, created_at, since) VALUES (1, 'standard', 1, 'kept', 5, 5);
      UPDATE line SET next = 2, ready = 1;`)
    old.close()
    const store = openStore({ path })
    expect(first(store)).toMatchObject({ item: 'kept', tenant: null, createdAt: 5 })
    expect(store.db.prepare('PRAGMA user_version').get()?.user_version).toBe(MIGRATIONS.length)
  })

  it('of a newer format, or of something else, is refused and left alone', () => {
    const newer = join(folder, 'newer.db')
    const db = new DatabaseSync(newer)
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 99; CREATE TABLE t (a)`)
    db.close()
    expect(() => openStore({ path: newer })).toThrow(/newer\.db.*newer version of @tps\/kanban/)
    const foreign = join(folder, 'foreign.db')
    const other = new DatabaseSync(foreign)
    other.exec('CREATE TABLE orders (id)')
    other.close()
    expect(() => openStore({ path: foreign })).toThrow(/foreign\.db.*something else/)
    expect(new DatabaseSync(foreign).prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'orders' }])
  })

  it('that is no database at all is refused by SQLite', () => {
    const path = join(folder, 'text.db')
    writeFileSync(path, 'not a database, but long enough to be taken for one'.repeat(100))
    expect(() => openStore({ path })).toThrow(/not a database/)
  })

  it('grows to its bound and not beyond, and works on when there is room again', () => {
    const store = openStore({ capacity: 1e6, maxBytes: 200_000 })
    const big = 'x'.repeat(10_000)
    let admitted = 0
    expect(() => {
      for (; ; admitted++) store.run([put(big)])
    }).toThrow(/full/)
    expect(admitted).toBeGreaterThan(5)
    expect(store.run([]).standing.ready).toBe(admitted)
    ask(store, ended('ack', first(store)))
    ask(store, ended('ack', first(store)))
    expect(ask(store, put(big))).toMatchObject({ how: 'in' })
    expect(store.verify()).toEqual([])
  })

  it('tells what is wrong with it', () => {
    const store = openStore()
    store.run([put('a')])
    store.db.exec('UPDATE line SET ready = 7, next = 1')
    expect(store.verify()).toEqual(['1 ready, but the count says 7', 'the next number is 1, but 1 is taken'])
  })
})

it.each([
  ['3.51.2', true],
  ['3.50.9', true],
  ['2.99.99', true],
  ['3.51.3', false],
  ['3.52.0', false],
  ['4.0.0', false],
])('takes SQLite %s for too old: %s', (version, isTooOld) => {
  const check = (): void => checkSqliteVersion(version, 'q.db')
  if (isTooOld) expect(check).toThrow(expect.objectContaining({ code: 'ERR_SQLITE_TOO_OLD', path: 'q.db' }))
  else expect(check).not.toThrow()
})
