import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import type { ClaimedRow, Request } from '../../packages/kanban/src/sqlite-protocol.ts'
import { SqliteStore } from '../../packages/kanban/src/sqlite-store.ts'
import { STORE } from './kanban-sqlite-scenario.ts'

// Works through a scenario on a queue file and kills itself, with SIGKILL, right after the given call of SQLite, which is
// right before the next one. What the queue has acknowledged by then is printed. Run as: <file> <number of the call>.

const [path = '', call = '0'] = process.argv.slice(2)
let calls = 0

function dieAt<Args extends unknown[], R>(original: (...args: Args) => R): (...args: Args) => R {
  return function killed(this: unknown, ...args: Args): R {
    const result: R = Reflect.apply(original, this, args)
    if (++calls === Number(call)) process.kill(process.pid, 'SIGKILL')
    return result
  }
}

for (const prototype of [DatabaseSync.prototype, StatementSync.prototype] as object[])
  for (const name of ['exec', 'run', 'get', 'all'])
    if (name in prototype) Reflect.set(prototype, name, dieAt(Reflect.get(prototype, name) as () => unknown))

const say = (event: object): void => void writeSync(1, `${JSON.stringify(event)}\n`)
const put = (item: string, key: string | null = null): Request => ({
  kind: 'put',
  item,
  key,
  class: 'standard',
  tenant: null,
  headers: null,
  delayMs: 0,
  deadlineMs: null,
})

const store = new SqliteStore({ ...STORE, path })

function putIn(...items: string[]): void {
  store.run(items.map((item) => put(item, `key of ${item}`)))
  say({ in: items })
}

function claim(count: number): readonly ClaimedRow[] {
  return store.run([{ kind: 'claim', count }]).answers[0] as readonly ClaimedRow[]
}

function ack(...rows: readonly ClaimedRow[]): void {
  const items = rows.map(({ item }) => item)
  say({ ending: items })
  store.run(rows.map(({ id, fence }) => ({ kind: 'ack', id, fence })))
  say({ ended: items })
}

for (let round = 0; round < 4; round++) {
  putIn(`${round}a`, `${round}b`, `${round}c`)
  const [first, second] = claim(2)
  if (!first || !second) throw new Error('two were put in')
  ack(first)
  store.run([{ kind: 'retry', id: second.id, fence: second.fence, delayMs: 0, error: '{"message":"once"}' }])
  putIn(`${round}d`)
  const [third, fourth] = claim(2)
  if (!third || !fourth) throw new Error('three were there')
  store.run([{ kind: 'dead-letter', id: third.id, fence: third.fence, error: '{"message":"never"}' }])
  store.run([{ kind: 'release', id: fourth.id, fence: fourth.fence }])
  const [dead] = store.run([{ kind: 'list-dead', after: 0, limit: 1 }]).answers[0] as readonly { readonly id: number }[]
  if (dead) store.run([{ kind: 'redrive', id: dead.id }])
  ack(...claim(2))
}
store.close()
say({ calls })
