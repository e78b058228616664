import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PICTURE, drawPicture } from '../../scripts/heijunka-policies.ts'

it('the picture of the policies is what the simulation draws', { timeout: 120_000 }, () => {
  expect(readFileSync(PICTURE, 'utf8')).toBe(drawPicture())
})
