import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { publishedPackages } from './packages.ts'

// Builds the published packages, two at a time: writing the types takes a processor each.
const waiting = publishedPackages()

async function buildSome(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const { name, directory } = next
    const started = performance.now()
    const [code] = (await once(spawn('tsup', [], { cwd: directory, stdio: 'inherit' }), 'exit')) as [number | null]
    if (code !== 0) {
      console.error(`@tps/${name} could not be built.`)
      process.exit(1)
    }
    console.log(`@tps/${name} built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  }
}

await Promise.all([buildSome(), buildSome()])
