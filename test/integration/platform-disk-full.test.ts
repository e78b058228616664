import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { Load, expectAllStored } from './platform-load.ts'
import { DataFolder, RunningPlatform } from './platform.ts'
import { until } from './service.ts'

describe('a disk that is full', () => {
  const mounted: string[] = []

  afterEach(() => {
    for (const path of mounted.splice(0)) {
      spawnSync('umount', ['--lazy', path])
      rmSync(path, { recursive: true, force: true })
    }
  })

  it.each(['commit', 'memory'])(
    'is answered with 503, loses nothing that was acknowledged, and is recovered from: %s',
    async (durability) => {
      const folder = new DataFolder()
      mounted.push(folder.path)
      // A file system of its own that can be filled; mounting needs root.
      const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder.path])
      if (mount.status !== 0)
        throw new Error(`this test needs root, to mount a small file system: ${String(mount.stderr)}`)
      const load = new Load(500)
      const platform = await RunningPlatform.start(folder, {
        DURABILITY: durability,
        FLUSH_MS: '20',
        QUERY_MAX_ROWS: '5000000',
      })
      const sending = load.run(platform)
      await until(
        async () => await Promise.resolve(load.acknowledged.length),
        (count) => count > 20,
      )
      const ballast = join(folder.path, 'ballast')
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k'])
      expect(existsSync(ballast)).toBe(true)
      await until(
        async () => await Promise.resolve(load.statuses.get(503) ?? 0),
        (count) => count > 20,
      )
      expect((await fetch(`${platform.url}/query?name=load&limit=1`)).status).toBe(200)
      const whileFull = load.acknowledged.length
      rmSync(ballast)
      await until(
        async () => await Promise.resolve(load.acknowledged.length),
        (count) => count > whileFull + 20,
      )
      load.stop()
      await sending
      await expectAllStored(load, platform)
      expect(await platform.end()).toBe(0)
      // What is there after another start is the same.
      const again = await RunningPlatform.start(folder, { QUERY_MAX_ROWS: '5000000' })
      await expectAllStored(load, again)
      await again.end()
    },
  )
})
