import { describe, it } from 'vitest'
import { EXERCISES } from './exercises.ts'
import { LAB_1 } from './lab-1-jidoka.ts'
import { LAB_2 } from './lab-2-kanban.ts'
import { LAB_3 } from './lab-3-andon.ts'
import { LAB_4 } from './lab-4-kaizen.ts'
import { LAB_5 } from './lab-5-heijunka.ts'
import { QUICK_START } from './quick-start.ts'
import { Lab } from './shell.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

/**
 * Four lanes side by side, in each lane one page after the other, each on a service of its own. Pages that compute are in
 * the first two lanes: those of the others wait for most of their time, and have a core when they need one.
 */
const LANES = [[EXERCISES, QUICK_START], [LAB_2, LAB_1], [LAB_3, LAB_5], [LAB_4]]

for (const lane of LANES) {
  describe.concurrent('the commands of the pages, as they stand there', () => {
    it.for(lane)('$title', { concurrent: false, timeout: MOST_MS }, async ({ assert, ...options }, { expect }) => {
      await using lab = await Lab.start(options)
      await assert(lab, expect)
    })
  })
}
