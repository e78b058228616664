import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

// What a producer and a worker on a durable queue do in a process of their own. They print what the queue has confirmed.

/** What they need of a queue. */
interface DurableQueue {
  put(item: string, options: { readonly tenant: string; readonly headers: Record<string, string> }): Promise<unknown>
  lease(): Promise<HeldItem>
}

interface HeldItem {
  readonly item: string
  readonly attempt: number
  readonly tenant: string | undefined
  readonly headers: Readonly<Record<string, string>>
  ack(): Promise<void>
  deadLetter(reason: unknown): Promise<void>
}

const LINES = 8
/** Before what failed is tried again. */
const PAUSE_MS = 20

const say = (event: object): void => void writeSync(1, `${JSON.stringify(event)}\n`)
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code ?? String(error)

/** Eight at once, as `role` says: `put` or `work`, which takes `jobMs` for each item and gives up those that are doomed. */
export async function play(role: string, queue: DurableQueue, name: string, jobMs: number): Promise<void> {
  say({ ready: true })
  const lines = Array.from({ length: LINES }, (_, line) => line)
  await Promise.all(lines.map((line) => (role === 'put' ? produce(queue, `${name}-${line}`) : work(queue, jobMs))))
}

async function produce(queue: DurableQueue, name: string): Promise<never> {
  for (let count = 0; ; count++) {
    const item = `${name}-${count}${count % 10 === 9 ? '-doomed' : ''}`
    try {
      await queue.put(item, { tenant: name, headers: { traceparent: item } })
      say({ in: item })
    } catch (error) {
      say({ refused: item, code: codeOf(error) })
      await sleep(PAUSE_MS)
    }
  }
}

async function work(queue: DurableQueue, jobMs: number): Promise<never> {
  for (;;) {
    try {
      await workOn(await queue.lease(), jobMs)
    } catch (error) {
      say({ idle: codeOf(error) })
      await sleep(PAUSE_MS)
    }
  }
}

async function workOn(lease: HeldItem, jobMs: number): Promise<void> {
  const { item, attempt, tenant, headers } = lease
  if (tenant === undefined || !item.startsWith(tenant) || headers['traceparent'] !== item) say({ stripped: item })
  if (jobMs > 0) {
    say({ began: item })
    await sleep(jobMs)
  }
  say({ ending: item, attempt })
  try {
    await (item.endsWith('-doomed') ? lease.deadLetter(new Error('doomed')) : lease.ack())
    say({ ended: item })
  } catch (error) {
    say({ lost: item, code: codeOf(error) })
  }
}
