import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { SEQUENCES, drawSequences } from '../../scripts/heijunka-sequence.ts'

it('the picture of a sequence before and after levelling is what the scheduler makes', () => {
  expect(readFileSync(SEQUENCES, 'utf8')).toBe(drawSequences())
})
