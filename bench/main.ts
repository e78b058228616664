import { readdirSync } from 'node:fs'
import { cpus } from 'node:os'

/** `pnpm bench` runs every comparison; `pnpm bench jidoka kaizen` only those. */
const ALL = ['jidoka', 'kanban', 'heijunka', 'kaizen', 'andon', 'monitoring-platform', 'reference-service']

const chosen = process.argv.slice(2)
const unknown = chosen.filter((name) => !ALL.includes(name))
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. There are ${ALL.join(', ')}.`)
  process.exit(2)
}
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
console.log('Median of interleaved rounds (least to most); the last column is the cost relative to ours.')
for (const name of chosen.length > 0 ? chosen : ALL) {
  console.log(`\n== ${name}`)
  // A package may have several: jidoka.ts, jidoka-policies.ts.
  const files = readdirSync(import.meta.dirname).filter((file) => new RegExp(`^${name}(-.*)?\\.ts$`).test(file))
  for (const file of files.toSorted()) await import(`./${file}`)
}
