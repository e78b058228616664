/** One side of a comparison. */
export interface Contender {
  readonly name: string
  /** Does the measured thing `operations` times. Whatever it needs is made before, outside. */
  readonly run: (operations: number) => void | Promise<void>
  /** What happens between operations and is not measured: then each operation is measured by itself. */
  readonly between?: () => void | Promise<void>
}

/** Contenders that do the same thing. The first one is ours; the ratios printed are the others' cost over its cost. */
export interface Comparison {
  readonly title: string
  /** How many operations one round of one contender does. About 50 ms worth is a good size. */
  readonly operations: number
  readonly contenders: readonly Contender[]
  /** How many rounds are counted, after two that are not. Default 11. */
  readonly rounds?: number
  /**
   * How many operations a round does before those that it measures. For what a long-lived process does again and again: V8
   * throws away the code of functions that were not in use for a few collections, and each round begins with one. Default 0.
   */
  readonly warmUp?: number
}

/** What one contender came to. */
export interface Result {
  readonly name: string
  /** Median nanoseconds an operation. */
  readonly ns: number
  readonly minNs: number
  readonly maxNs: number
}

const WARM_UP_ROUNDS = 2

/**
 * Measures the contenders in turn, A B C A B C …, so that a machine whose speed drifts drifts for all of them, and
 * prints the median of each with its ratio to the first.
 */
export async function compare({
  title,
  operations,
  contenders,
  rounds = 11,
  warmUp = 0,
}: Comparison): Promise<readonly Result[]> {
  const samples = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const contender of contenders) {
      globalThis.gc?.()
      if (warmUp > 0) await measure(contender, warmUp)
      const ns = await measure(contender, operations)
      if (round >= 0) samples.get(contender.name)?.push(ns)
    }
  }
  const results = [...samples].map(([name, all]) => summarize(name, all))
  print(title, results)
  return results
}

/** Nanoseconds an operation: the median, where each is measured by itself. */
async function measure({ run, between }: Contender, operations: number): Promise<number> {
  if (!between) return (await elapsed(run, operations)) / operations
  const each: number[] = []
  for (let operation = 0; operation < operations; operation++) {
    await between()
    each.push(await elapsed(run, 1))
  }
  return each.toSorted((a, b) => a - b)[operations >> 1] ?? Number.NaN
}

async function elapsed(run: Contender['run'], operations: number): Promise<number> {
  const start = process.hrtime.bigint()
  await run(operations)
  return Number(process.hrtime.bigint() - start)
}

function summarize(name: string, all: number[]): Result {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[index] ?? Number.NaN
  return { name, ns: at(sorted.length >> 1), minNs: at(0), maxNs: at(sorted.length - 1) }
}

function print(title: string, results: readonly Result[]): void {
  const ours = results[0]?.ns ?? Number.NaN
  const width = Math.max(...results.map(({ name }) => name.length))
  console.log(`\n${title}`)
  for (const { name, ns, minNs, maxNs } of results) {
    const range = `(${show(minNs)} to ${show(maxNs)})`.padEnd(22)
    console.log(
      `  ${name.padEnd(width)}  ${show(ns).padStart(10)} ns  ${range} ${(ns / ours).toFixed(2).padStart(8)} ×`,
    )
  }
}

function show(ns: number): string {
  return ns >= 1000 ? Math.round(ns).toLocaleString('en-US') : ns.toFixed(1)
}

/** Bytes of heap that `make(count)` keeps alive, for each of the `count` things made. Needs `--expose-gc`. */
export function bytesEach(count: number, make: (count: number) => unknown): number {
  if (!globalThis.gc) throw new Error('run with --expose-gc')
  globalThis.gc()
  const before = process.memoryUsage().heapUsed
  const kept = make(count)
  globalThis.gc()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  // Read after the measurement, so that it is still alive during it.
  if (kept === undefined) throw new Error('make() must return what it made')
  return bytes
}
