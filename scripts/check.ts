import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from './pack.ts'
import { publishedPackages } from './packages.ts'
import { runSteps, type Step } from './run.ts'

const room = mkdtempSync(join(tmpdir(), 'tps-check-'))
process.on('exit', () => rmSync(room, { recursive: true, force: true }))

const steps: Step[] = [{ title: 'knip', command: 'knip', args: [] }]
for (const { name, directory } of publishedPackages()) {
  // What is checked is what would be uploaded.
  const tarball = join(room, `${name}.tgz`)
  pack(directory, tarball)
  steps.push(
    { title: `publint ${name}`, command: 'publint', args: ['run', '--strict', tarball] },
    { title: `attw ${name}`, command: 'attw', args: [tarball, '--profile', 'esm-only', '--format', 'ascii'] },
    { title: `size ${name}`, command: 'node', args: ['scripts/size.ts', directory] },
  )
}
steps.push({ title: 'API report', command: 'node', args: ['scripts/api-report.ts', ...process.argv.slice(2)] })
await runSteps(steps)
