import { parseArgs } from 'node:util'
import { soakKanban } from './kanban-soak.ts'

// Hurries kanban's queue and pool for minutes: `pnpm soak`, `pnpm soak --seconds 60 --seed 2`. Ends with 1 when a promise
// was broken, or when memory grew.

/** What later samples may keep more than earlier ones, in MB. */
const MOST_GROWN_MB = 2

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '300' }, seed: { type: 'string', default: '1' } },
})
const seconds = Number(values.seconds)
const seed = Number(values.seed)
if (!(seconds > 0) || !Number.isInteger(seed)) {
  console.error('Usage: pnpm soak [--seconds N] [--seed N]')
  process.exit(2)
}
const { gc } = globalThis
if (!gc) {
  console.error('Run it with --expose-gc: memory is compared after collections.')
  process.exit(2)
}

console.log(`Soaking kanban for ${seconds} s, seed ${seed}`)
const { heapMb, ...report } = await soakKanban({
  seconds,
  seed,
  collect: () => gc(),
  onProgress: ({ elapsedMs, settled, heapMb: nowMb }) =>
    console.log(
      `${(elapsedMs / 1_000).toFixed(0).padStart(5)} s  ${settled.toLocaleString('en-US').padStart(12)} settled  ${nowMb.toFixed(1).padStart(6)} MB`,
    ),
})
console.log(report)
if (report.violations.length > 0 || !(report.grownMb < MOST_GROWN_MB)) {
  console.error(`Failed. Memory, in MB: ${heapMb.map((mb) => mb.toFixed(1)).join(' ')}`)
  process.exit(1)
}
console.log(`All promises kept; memory grew by ${report.grownMb.toFixed(2)} MB.`)
