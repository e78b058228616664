import { describe, expect, it } from 'vitest'
import { HostMeter } from './host.ts'

describe('the use of the machine', () => {
  it('is given as ratios', () => {
    const { memoryRatio, diskRatio, rssBytes } = new HostMeter().read()
    for (const ratio of [memoryRatio, diskRatio]) {
      expect(ratio).toBeGreaterThanOrEqual(0)
      expect(ratio).toBeLessThanOrEqual(1)
    }
    expect(rssBytes).toBeGreaterThan(1_000_000)
  })

  it('counts the processors since the reading before', () => {
    const meter = new HostMeter()
    meter.read()
    const endMs = performance.now() + 30
    while (performance.now() < endMs);
    const { cpuRatio } = meter.read()
    expect(cpuRatio).toBeGreaterThan(0)
    expect(cpuRatio).toBeLessThanOrEqual(1)
  })

  it('has no disk ratio where there is no such folder', () => {
    expect(new HostMeter('/no/such/folder').read().diskRatio).toBeNull()
  })
})
