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

// They wait more than they compute: together they take little longer than the longest alone.
describe.concurrent('the commands of the pages, as they stand there', () => {
  it.for([LAB_2, LAB_4, EXERCISES, QUICK_START, LAB_3, LAB_5, LAB_1])(
    '$title',
    { timeout: MOST_MS },
    async ({ environment, lapse, makeDefaults, assert }, { expect }) => {
      await using lab = await Lab.start(environment, lapse, makeDefaults)
      await assert(lab, expect)
    },
  )
})
