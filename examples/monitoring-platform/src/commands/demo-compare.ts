import { setTimeout as sleep } from 'node:timers/promises'
import { ChildPlatform } from './demo-child.ts'
import { BATCH, batches, post, singles } from './demo-load.ts'
import { type Printer, count, duration } from './demo-printer.ts'

/** How much the two profiles are given to do. */
export interface LoadSize {
  readonly posts: number
  /** Batches of 1,000 samples. */
  readonly batches: number
}

interface Measured {
  readonly postsPerSecond: number
  readonly samplesPerSecond: number
  readonly queryMs: number
  readonly stored: number
}

const CONNECTIONS = 32
/** A query is repeated, unless it takes long. */
const QUERIES = 3
const LONG_MS = 1_000

/** What is compared, and what a 202 means there. */
const PROFILES = [
  ['phase0, in memory', { PROFILE: 'phase0' }],
  ['fast, in memory', { PROFILE: 'fast', DURABILITY: 'memory' }],
  ['fast, on the disk', { PROFILE: 'fast' }],
] as const

/** Gives the profiles the same to do, one after the other, and prints what each made of it. */
export async function compare(printer: Printer, size: LoadSize, signal: AbortSignal): Promise<void> {
  printer.step(
    'From naive to fast',
    `The same load on the profiles phase0 and fast, each in a process of its own: ${count(size.posts)} posts over ${CONNECTIONS} connections,`,
  )
  printer.say(
    `${count(size.batches * BATCH)} samples in batches of ${count(BATCH)}, then five minutes of one series are asked for.`,
  )
  const results: Measured[] = []
  for (const [title, environment] of PROFILES) results.push(await measure(title, environment, printer, size, signal))
  const [naive, , fast] = results as [Measured, Measured, Measured]
  const rows = [
    ['', ...PROFILES.map(([title]) => title)],
    ['posts/s', ...results.map(({ postsPerSecond }) => count(postsPerSecond))],
    ['samples/s in batches, stored', ...results.map(({ samplesPerSecond }) => count(samplesPerSecond))],
    [`query among ${count(fast.stored)} samples`, ...results.map(({ queryMs }) => duration(queryMs))],
  ]
  printer.line()
  printer.table(rows, [1, 2, 3])
  printer.line()
  printer.say(
    `Adding lines to a file is cheap. What it costs shows when somebody asks: phase0 reads all of it for each query,`,
  )
  printer.say(
    `and takes ${count(naive.queryMs / fast.queryMs)} times as long. "In memory" and "on the disk" say where a sample is when its 202 comes.`,
  )
  printer.say(
    'The load generator runs on this machine too, and takes its part of it. On a busy machine the figures vary.',
  )
}

async function measure(
  title: string,
  environment: Readonly<Record<string, string>>,
  printer: Printer,
  size: LoadSize,
  signal: AbortSignal,
): Promise<Measured> {
  await using platform = await ChildPlatform.start({ ...environment, QUERY_TIMEOUT_MS: '120000' })
  const { url } = platform
  const total = size.posts + size.batches
  const show = printer.progress(title, total)
  // The first requests meet code that is not compiled yet.
  await post(url, singles(Math.ceil(size.posts / 10)), CONNECTIONS, { signal })
  const single = await post(url, singles(size.posts), CONNECTIONS, { signal, onDone: show })
  const endMs = Date.now()
  const startMs = performance.now()
  const many = await post(url, batches(size.batches, endMs), 4, { signal, onDone: (done) => show(size.posts + done) })
  const refused = single.refused + many.refused
  if (refused > 0) throw new Error(`${count(refused)} requests to ${title} were refused`)
  const expected = single.posts + Math.ceil(size.posts / 10) + many.posts * BATCH
  while ((await storedBy(url, signal)) < expected) await sleep(10, undefined, { signal })
  const storedMs = performance.now() - startMs
  const times: number[] = []
  while (times.length < QUERIES && (times[0] ?? 0) < LONG_MS) {
    const askedMs = performance.now()
    const answer = await fetch(`${url}/query?name=metric_7&tags=host:web-42&start=${endMs - 300_000}&end=${endMs}`, {
      signal,
    })
    const rows = (await answer.json()) as readonly unknown[]
    times.push(performance.now() - askedMs)
    if (rows.length !== size.batches) throw new Error(`${title} answered ${rows.length} samples, not ${size.batches}`)
  }
  return {
    postsPerSecond: (single.posts / single.ms) * 1_000,
    samplesPerSecond: ((many.posts * BATCH) / storedMs) * 1_000,
    queryMs: times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!,
    stored: expected,
  }
}

/** How many samples a platform has in its store. */
async function storedBy(url: string, signal: AbortSignal): Promise<number> {
  const { storage } = (await (await fetch(`${url}/status`, { signal })).json()) as { storage: { samples: number } }
  return storage.samples
}
