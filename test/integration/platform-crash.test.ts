import { describe, expect, it } from 'vitest'
import { Load, expectAllStored } from './platform-load.ts'
import { DataFolder, RunningPlatform } from './platform.ts'

describe('a platform that is killed under load', () => {
  it.each([
    ['journal', { DURABILITY: 'commit' }],
    ['sqlite', { DURABILITY: 'commit', QUEUE: 'sqlite' }],
  ])('has stored everything that was acknowledged, once, with the queue %s', async (_, environment) => {
    using folder = new DataFolder()
    const load = new Load(50)
    const limits = {
      ...environment,
      QUERY_MAX_ROWS: '5000000',
      FLUSH_MS: '20',
      MAINTENANCE_MS: '1000',
      LOG_LEVEL: 'info',
    }
    for (const afterMs of [300, 900]) {
      await using platform = await RunningPlatform.start(folder, limits)
      const sending = load.run(platform)
      await new Promise((resolve) => void setTimeout(resolve, afterMs))
      await platform.end('SIGKILL')
      await sending
    }
    expect(load.acknowledged.length).toBeGreaterThan(10)
    const platform = await RunningPlatform.start(folder, limits)
    // What a killed process had leased comes back when its lease is over.
    await expectAllStored(load, platform)
    expect(await platform.end()).toBe(0)
  })
})
