import { describe, it } from 'vitest'
import { EXERCISES } from './exercises.ts'
import { LAB_1 } from './lab-1-jidoka.ts'
import { LAB_2 } from './lab-2-kanban.ts'
import { LAB_3 } from './lab-3-andon.ts'
import { LAB_4 } from './lab-4-kaizen.ts'
import { LAB_5 } from './lab-5-heijunka.ts'
import { QUICK_START } from './quick-start.ts'
import { Lab, type LabTest } from './shell.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 180_000

/** Runs pages side by side, each on a service of its own. */
function sideBySide(labs: readonly LabTest[]): void {
  describe.concurrent('as they stand there', () => {
    it.for(labs)('$title', { timeout: MOST_MS }, async (test, { expect }) => {
      await using lab = await Lab.start(test)
      await test.assert(lab, expect)
    })
  })
}

// These wait for most of their time, and what they measure is disturbed by others that don't.
describe('the commands of pages that measure', () => sideBySide([LAB_4, LAB_3, LAB_5]))
describe('the commands of the other pages', () => sideBySide([LAB_2, EXERCISES, QUICK_START, LAB_1]))
