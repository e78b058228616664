import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** For the programs beside the tests: sources run as they are. */
export const NODE: readonly string[] = ['--conditions=@tps/source', '--disable-warning=ExperimentalWarning']

/** On a machine that has much else to do. */
const LONG_MS = 60_000

/** Something that a program printed. */
export type Said = Readonly<Record<string, unknown>>

/** All values of a key, in the order in which they were said. */
export function listed(said: readonly Said[], key: string): string[] {
  return said.flatMap((event) => (event[key] === undefined ? [] : ([event[key]].flat() as string[])))
}

/** A program of its own that prints lines of JSON. */
export class Child {
  readonly process: ChildProcess
  readonly said: Said[] = []

  constructor(program: string, ...args: readonly unknown[]) {
    this.process = spawn(process.execPath, [...NODE, program, ...args.map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: this.process.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      // The last line of a killed process may be cut off.
      if (line.endsWith('}')) this.said.push(JSON.parse(line) as Said)
    })
  }

  /** Waits until what it has said passes the test. @throws when it has ended, or takes too long. */
  async until(test: (said: readonly Said[]) => boolean): Promise<void> {
    const deadline = Date.now() + LONG_MS
    while (!test(this.said)) {
      if (Date.now() > deadline) throw new Error(`the child hangs, and last said ${JSON.stringify(this.said.at(-1))}`)
      if (this.process.exitCode !== null || this.process.signalCode !== null) throw new Error('the child has ended')
      await sleep(5)
    }
  }

  /** Waits until it has said a key so many times, more often than it has by now. */
  async saysMore(key: string, times: number): Promise<void> {
    const before = listed(this.said, key).length
    await this.until((said) => listed(said, key).length >= before + times)
  }

  /** Ends it in the middle of whatever it does. What it has said until then is read. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const closed = once(this.process, 'close')
    this.process.kill('SIGKILL')
    await closed
  }
}

/** A durable queue, as far as it takes to see what is left in it. */
interface Emptied {
  close(): void
  lease(): Promise<{ readonly item: string; ack(): Promise<void> }>
}

/** Closes the queue and takes out all that is in it, also what dead processes hold: in the order in which it came. */
export async function drained(queue: Emptied): Promise<string[]> {
  const rest: string[] = []
  queue.close()
  for (;;) {
    try {
      const lease = await queue.lease()
      rest.push(lease.item)
      await lease.ack()
    } catch (error) {
      if ((error as { code?: unknown }).code === 'ERR_QUEUE_CLOSED') return rest
      throw error
    }
  }
}

/** How many items still get in. */
export async function roomIn(queue: { offer(item: string): Promise<boolean> }): Promise<number> {
  let room = 0
  while (await queue.offer(`filling-${room}`)) room++
  return room
}

/** What became of what was accepted. */
export interface Account {
  readonly accepted: number
  /** Neither worked on, nor a dead letter, nor still there: there must be none. */
  readonly missing: readonly string[]
  /** Came without what was put in with them. */
  readonly stripped: readonly string[]
  /** Was still there although a worker had been told that it was gone. */
  readonly back: readonly string[]
  /** How often an item was worked on again. */
  readonly repeated: number
}

/** Adds up what all processes have said, what was left in the queue, and the dead letters. */
export function accountOf(said: readonly Said[], rest: readonly string[], dead: readonly string[]): Account {
  const accepted = listed(said, 'in')
  const worked = [...listed(said, 'ending'), ...rest]
  const known = new Set([...worked, ...dead])
  const ended = new Set(listed(said, 'ended'))
  return {
    accepted: accepted.length,
    missing: accepted.filter((item) => !known.has(item)),
    stripped: listed(said, 'stripped'),
    back: rest.filter((item) => ended.has(item)),
    repeated: worked.length - new Set(worked).size,
  }
}
