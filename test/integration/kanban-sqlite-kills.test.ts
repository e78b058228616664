import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { SqliteQueue } from '@tps/kanban/sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { SqliteStore } from '../../packages/kanban/src/sqlite-store.ts'
import { STORE } from './kanban-sqlite-scenario.ts'

// Real processes, killed with SIGKILL: what was acknowledged is there, whole, and nothing else is half there.

const BOUNDARIES = join(import.meta.dirname, 'kanban-sqlite-boundaries.ts')
const CHILD = join(import.meta.dirname, 'kanban-sqlite-child.ts')
const NODE = ['--conditions=@tps/source', '--disable-warning=ExperimentalWarning']

type Said = Readonly<Record<string, unknown>>

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

const listed = (said: readonly Said[], key: string): string[] =>
  said.flatMap((event) => (event[key] === undefined ? [] : ([event[key]].flat() as string[])))

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

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

class Child {
  readonly process: ChildProcess
  readonly said: Said[] = []

  constructor(role: string, path: string, name: string, jobMs = 0) {
    this.process = spawn(process.execPath, [...NODE, CHILD, role, path, name, `${jobMs}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    children.push(this.process)
    createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      // The last line of a killed process may be cut off.
      if (line.endsWith('}')) this.said.push(JSON.parse(line) as Said)
    })
  }

  async until(test: (said: readonly Said[]) => boolean): Promise<void> {
    while (!test(this.said)) {
      if (this.process.exitCode !== null) throw new Error('the child has ended')
      await sleep(5)
    }
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await once(this.process.stdout as NodeJS.ReadableStream, 'close')
  }
}

it(
  'loses nothing when producers and workers are killed under load, and gives all room back',
  { timeout: 120_000 },
  async () => {
    const path = join(folder, 'q.db')
    const all: Child[] = []
    const start = (role: string, name: string): Child => {
      const child = new Child(role, path, name)
      all.push(child)
      return child
    }
    for (let round = 0; round < 6; round++) {
      const producer = start('put', `p${round}`)
      const [one, two] = [start('work', 'w'), start('work', 'w')]
      await producer.until((said) => said.length > 30)
      await two.until((said) => said.length > 10 + round)
      // In the middle of whatever they do.
      await Promise.all([producer.kill(), two.kill()])
      await one.kill()
    }
    const said = all.flatMap((child) => child.said)
    const queue = await SqliteQueue.open<string>({ path, capacity: 200, leaseMs: 500, pollMs: 5 })
    expect(await queue.verify()).toEqual([])
    const rest: string[] = []
    queue.close()
    for (let lease = await nextOf(queue); lease; lease = await nextOf(queue)) {
      rest.push(lease.item)
      await lease.ack()
    }
    expect(queue.snapshot()).toMatchObject({ depth: 0, leased: 0, deadLetters: 0 })
    await queue.stop()

    const endings = [...listed(said, 'ending'), ...rest]
    const missing = listed(said, 'in').filter((item) => !endings.includes(item))
    expect(missing).toEqual([])
    expect(listed(said, 'stripped')).toEqual([])
    // An acknowledged item never comes again.
    const ended = new Set(listed(said, 'ended'))
    expect(rest.filter((item) => ended.has(item))).toEqual([])
    console.log(
      `${listed(said, 'in').length} items accepted, ${endings.length - new Set(endings).size} worked on twice`,
    )
  },
)

async function nextOf(
  queue: SqliteQueue<string>,
): Promise<{ readonly item: string; ack(): Promise<void> } | undefined> {
  try {
    return await queue.lease()
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_QUEUE_CLOSED') return undefined
    throw error
  }
}

it(
  'gives the item of a stopped worker to another one, and refuses the first one afterwards',
  { timeout: 60_000 },
  async () => {
    const path = join(folder, 'q.db')
    const queue = await SqliteQueue.open<string>({ path, leaseMs: 500, pollMs: 5 })
    const sleeper = new Child('work', path, 'w', 400)
    await sleeper.until((said) => said.length > 0)
    await queue.put('once', { tenant: 't', headers: { traceparent: 'once' } })
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
