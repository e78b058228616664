import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { soakKanban } from '../../scripts/kanban-soak.ts'

// The short form of `pnpm soak`.

it('keeps its promises and its memory flat under ten seconds of random load, kills and resizes', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const report = await soakKanban({ seconds: 10, collect })
  expect(report.violations).toEqual([])
  expect(report.admitted).toBeGreaterThan(1_000)
  expect(report.submitted).toBeGreaterThan(100)
  expect(report.overdue).toBeGreaterThan(10)
  expect(report.resizes).toBeGreaterThan(50)
  // A leak of 100 bytes an item would come to more.
  expect(report.heapMb.length).toBeGreaterThan(8)
  expect(report.grownMb).toBeLessThan(2)
}, 60_000)
