import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { publishedPackages, root } from './packages.ts'

// The public API as a reviewed file: the types that a user gets, entry by entry, under etc/.
// A change shows in the diff of a commit; `pnpm check --update` accepts it.
const update = process.argv.includes('--update')
const folder = join(root, 'etc')
mkdirSync(folder, { recursive: true })
const changed: string[] = []

/** Chunks shared by entries have a hash in their name that changes with every build. */
function stable(text: string): string {
  return text.replaceAll(/-[\w-]{8}(?=(\.js|\.d\.ts))/g, '-shared')
}

for (const { name, directory } of publishedPackages()) {
  for (const file of readdirSync(join(directory, 'dist')).filter((file) => file.endsWith('.d.ts'))) {
    const report = join(folder, `${name}.${stable(file)}`)
    const now = stable(readFileSync(join(directory, 'dist', file), 'utf8'))
    if (existsSync(report) && readFileSync(report, 'utf8') === now) continue
    if (update) writeFileSync(report, now)
    changed.push(`etc/${name}.${stable(file)}`)
  }
}
if (changed.length === 0) {
  console.log('The public API is the one that etc/ records.')
} else if (update) {
  console.log(`Written: ${changed.join(', ')}`)
} else {
  console.error(`The public API differs from what is recorded: ${changed.join(', ')}.`)
  console.error('Read the difference; when it is meant, run "pnpm check --update" and commit etc/.')
  process.exit(1)
}
