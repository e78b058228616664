import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SqliteQueue } from '@tps/kanban/sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SqliteStore } from '../../packages/kanban/src/sqlite-store.ts'
import { Child, NODE, type Said, accountOf, drained, listed, roomIn } from './kanban-children.ts'
import { STORE } from './kanban-sqlite-scenario.ts'

// Real processes, killed with SIGKILL: what was acknowledged is there, whole, and nothing else is half there.

const BOUNDARIES = join(import.meta.dirname, 'kanban-sqlite-boundaries.ts')
const CHILD = join(import.meta.dirname, 'kanban-sqlite-child.ts')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanban-kills-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function linesOf(text: string): Said[] {
  // A line that was cut off was not said.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Said)
}

/** Every item in the file, in whichever state. */
function kept(path: string): string[] {
  const db = new DatabaseSync(path)
  const rows = db.prepare('SELECT item FROM jobs UNION ALL SELECT item FROM dead').all()
  db.close()
  return rows.map(({ item }) => String(item))
}

async function runBoundary(path: string, call: number): Promise<{ said: Said[]; signal: unknown }> {
  const child = spawn(process.execPath, [...NODE, BOUNDARIES, path, `${call}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // The first one writes it, all others start in half the time.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()))
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { said: linesOf(text), signal }
}

/** What is wrong with the file, and with what is in it. */
function faultsOf(path: string, said: readonly Said[]): unknown[] {
  const store = new SqliteStore({ ...STORE, path })
  const problems: unknown[] = store.verify()
  store.close()
  const there = kept(path)
  const [entered, ending, ended] = ['in', 'ending', 'ended'].map((key) => new Set(listed(said, key)))
  for (const item of entered ?? []) if (!there.includes(item) && !ending?.has(item)) problems.push(`${item} is lost`)
  for (const item of there) if (ended?.has(item)) problems.push(`${item} is back`)
  if (new Set(there).size < there.length) problems.push('an item is there twice')
  return problems
}

it('loses nothing and leaves nothing half done, killed after any call of SQLite', { timeout: 180_000 }, async () => {
  const whole = await runBoundary(join(folder, 'whole.db'), 0)
  const calls = Number(whole.said.at(-1)?.['calls'])
  // Every other one of them, which is more than 200.
  const kills = Array.from({ length: calls >> 1 }, (_, index) => 2 * index + 1)
  expect(kills.length).toBeGreaterThanOrEqual(200)
  const faults: unknown[] = []
  const killAll = async (): Promise<void> => {
    for (let call = kills.pop(); call !== undefined; call = kills.pop()) {
      const path = join(folder, `${call}.db`)
      const { said, signal } = await runBoundary(path, call)
      if (signal !== 'SIGKILL') faults.push(`${call}: not killed`)
      faults.push(...faultsOf(path, said).map((fault) => `${call}: ${String(fault)}`))
    }
  }
  await Promise.all([killAll(), killAll(), killAll()])
  expect(faults).toEqual([])
})

const children: Child[] = []
afterEach(async () => {
  await Promise.all(children.splice(0).map((child) => child.kill()))
})

function start(role: string, path: string, name: string, jobMs = 0): Child {
  const child = new Child(CHILD, role, path, name, jobMs)
  children.push(child)
  return child
}

it(
  'loses nothing when producers and workers are killed under load, and gives all room back',
  { timeout: 120_000 },
  async () => {
    const path = join(folder, 'q.db')
    for (let round = 0; round < 6; round++) {
      const producer = start('put', path, `p${round}`)
      const [one, two] = [start('work', path, 'w'), start('work', path, 'w')]
      await producer.until((said) => said.length > 30)
      await two.until((said) => said.length > 10 + round)
      // In the middle of whatever they do.
      await Promise.all([producer.kill(), two.kill()])
      await one.kill()
    }
    const said = children.flatMap((child) => child.said)
    const options = { path, capacity: 200, leaseMs: 500, pollMs: 5 }
    const queue = await SqliteQueue.open<string>(options)
    expect(await queue.verify()).toEqual([])
    const rest = await drained(queue)
    const dead = (await queue.deadLetters.list({ limit: 1_000 })).map(({ item }) => String(item))
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, deadLetters: dead.length })
    await queue.stop()
    const again = await SqliteQueue.open<string>(options)
    expect(await roomIn(again)).toBe(200)
    await again.stop()

    const { accepted, repeated, ...faults } = accountOf(said, rest, dead)
    // An acknowledged item never comes again.
    expect(faults).toEqual({ missing: [], stripped: [], back: [] })
    expect([...listed(said, 'refused'), ...listed(said, 'idle')]).toEqual([])
    console.log(`${accepted} items accepted, ${dead.length} given up, ${repeated} worked on twice`)
  },
)

it(
  'gives the item of a stopped worker to another one, and refuses the first one afterwards',
  { timeout: 60_000 },
  async () => {
    const path = join(folder, 'q.db')
    const queue = await SqliteQueue.open<string>({ path, leaseMs: 500, pollMs: 5 })
    const sleeper = start('work', path, 'w', 400)
    await sleeper.until((said) => said.length > 0)
    await queue.put('once', { tenant: 'o', headers: { traceparent: 'once' } })
    // It works on it, and has nothing to write: nobody can go on who stops with the file's write lock in his hands.
    await sleeper.until((said) => said.some((event) => event['began'] === 'once'))
    sleeper.process.kill('SIGSTOP')
    const again = await queue.lease()
    expect(again).toMatchObject({ item: 'once', attempt: 2 })
    await again.ack()
    sleeper.process.kill('SIGCONT')
    await sleeper.until((said) => said.some((event) => event['lost'] === 'once' || event['ended'] === 'once'))
    expect(sleeper.said).toContainEqual({ lost: 'once', code: 'ERR_LEASE_LOST' })
    await sleeper.kill()
    await queue.stop()
  },
)
