/** Does the measured thing so many times, going on where it stopped. */
export type Run = (operations: number) => void

let loops = 0

/**
 * A loop of its own for each contender, source text included: one that is shared, or that V8 takes for the same, is
 * compiled for all that was ever called from it. `i` counts the operations.
 */
export function loop(statement: string, names: Record<string, unknown>): Run {
  const body = `const end = at + operations; for (let i = at; i < end; i++) { ${statement} } at = end & 0x3fffffff`
  const source = `/* ${loops++} */ let at = 0; return (operations) => { ${body} }`
  // oxlint-disable-next-line typescript/no-implied-eval -- Only a new source text makes V8 compile a loop anew.
  return (new Function(...Object.keys(names), source) as (...given: unknown[]) => Run)(...Object.values(names))
}

interface Turns {
  readonly title: string
  /** The first one is ours. */
  readonly contenders: readonly { readonly name: string; readonly run: Run }[]
  /** How long a turn takes. Default 0.2 ms. */
  readonly turnMs?: number
  /** How many there are. Default 2000. */
  readonly turns?: number
}

/**
 * For what takes nanoseconds, on a machine that does other things as well: very many turns, so short that most are not
 * interrupted and all contenders get the same share of good and bad moments. Prints the median turn, the least and the
 * one that 90 of 100 are under.
 */
export function compareInTurns({ title, contenders, turnMs = 0.2, turns: count = 2000 }: Turns): void {
  const sides = contenders.map(({ name, run }) => ({
    name,
    run,
    operations: operationsOf(run, turnMs),
    turns: [] as number[],
  }))
  for (let turn = 0; turn < count; turn++)
    for (const { run, operations, turns } of sides) turns.push(nsEach(run, operations))
  const ours = sides[0] ? at(sides[0].turns, 0.5) : Number.NaN
  const width = Math.max(...sides.map(({ name }) => name.length))
  console.log(`\n${title}`)
  for (const { name, turns } of sides) {
    const range = `(${at(turns, 0).toFixed(1)}, 90 %: ${at(turns, 0.9).toFixed(1)})`.padEnd(24)
    const median = at(turns, 0.5)
    console.log(`  ${name.padEnd(width)} ${median.toFixed(1).padStart(8)} ns  ${range} ${(median / ours).toFixed(2)} ×`)
  }
}

const WARM_UP_MS = 300

/** How many operations make a turn, once V8 has compiled them. */
function operationsOf(run: Run, turnMs: number): number {
  for (const start = performance.now(); performance.now() < start + WARM_UP_MS;) run(100)
  const samples = Array.from({ length: 21 }, () => nsEach(run, 1000))
  return Math.ceil((turnMs * 1e6) / at(samples, 0.5))
}

function nsEach(run: Run, operations: number): number {
  const start = process.hrtime.bigint()
  run(operations)
  return Number(process.hrtime.bigint() - start) / operations
}

function at(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN
}
