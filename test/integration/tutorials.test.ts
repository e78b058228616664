import { describe, it } from 'vitest'
import { Lab } from './labs/shell.ts'
import { TUTORIAL_1 } from './tutorials/1-start.ts'
import { TUTORIAL_2 } from './tutorials/2-boards.ts'
import { TUTORIAL_3 } from './tutorials/3-queue-growing.ts'
import { TUTORIAL_4 } from './tutorials/4-circuit-open.ts'

// Tutorial 5 is where databases are: service-database.test.ts.

/** What a machine that does much else besides may take. */
const MOST_MS = 120_000

describe.concurrent('the commands of the tutorials, as they stand there', () => {
  it.for([TUTORIAL_3, TUTORIAL_4, TUTORIAL_2, TUTORIAL_1])(
    '$title',
    { timeout: MOST_MS },
    async ({ assert, ...options }, { expect }) => {
      await using lab = await Lab.start(options)
      await assert(lab, expect)
    },
  )
})
