import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publishedPackages } from './packages.ts'
import { runSteps, type Step } from './run.ts'

const room = mkdtempSync(join(tmpdir(), 'tps-check-'))
process.on('exit', () => rmSync(room, { recursive: true, force: true }))

/** What is checked is what would be uploaded: the tarball, with the manifest as pnpm rewrites it. */
function pack(directory: string, name: string): string {
  const tarball = join(room, `${name}.tgz`)
  execFileSync('pnpm', ['pack', '--out', tarball], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
  return tarball
}

const steps: Step[] = [{ title: 'knip', command: 'knip', args: [] }]
for (const { name, directory } of publishedPackages()) {
  const tarball = pack(directory, name)
  steps.push(
    { title: `publint ${name}`, command: 'publint', args: ['run', '--strict', tarball] },
    { title: `attw ${name}`, command: 'attw', args: [tarball, '--profile', 'esm-only', '--format', 'ascii'] },
    { title: `size ${name}`, command: 'node', args: ['scripts/size.ts', directory] },
  )
}
steps.push({ title: 'API report', command: 'node', args: ['scripts/api-report.ts', ...process.argv.slice(2)] })
await runSteps(steps)
