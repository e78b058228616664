import { execFileSync } from 'node:child_process'

/** The pnpm that runs this script; it says where it is. */
const PNPM = process.env['npm_execpath'] ?? 'pnpm'

/** Writes what would be uploaded to `tarball`: the built files, and the manifest as pnpm rewrites it for publishing. */
export function pack(directory: string, tarball: string): void {
  execFileSync(PNPM, ['pack', '--out', tarball], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}
