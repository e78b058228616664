import { spawnSync } from 'node:child_process'

// size-limit reads `.size-limit.json` of the folder it runs in.
const [directory] = process.argv.slice(2)
if (directory === undefined) throw new Error('Usage: node scripts/size.ts <directory of a package>')
const { status } = spawnSync('size-limit', [], { cwd: directory, stdio: 'inherit' })
process.exit(status ?? 1)
