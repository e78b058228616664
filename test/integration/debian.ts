import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** Whether a program is on the PATH: it answers when it is asked for its version. */
export function hasProgram(name: string): boolean {
  return spawnSync(name, ['--version']).status === 0
}

/** Installs a package of Debian or Ubuntu where that is allowed, which needs root, until `isThere`. */
export async function installPackage(name: string, isThere: () => boolean): Promise<void> {
  const canInstall = process.getuid?.() === 0 && hasProgram('apt-get')
  // Another test may be installing something at this moment, and hold apt's lock.
  for (let attempt = 0; attempt < (canInstall ? 3 : 0) && !isThere(); attempt++) {
    if (attempt > 0) await sleep(10_000)
    apt('update')
    apt('install', '--no-install-recommends', name)
  }
}

function apt(...args: readonly string[]): void {
  spawnSync('apt-get', ['--quiet', '--yes', '-o', 'DPkg::Lock::Timeout=120', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 200_000,
  })
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (typeof address !== 'object' || address === null) throw new Error('there is no free port')
  return address.port
}
