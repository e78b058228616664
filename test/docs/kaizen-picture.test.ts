import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PICTURE, drawPicture } from '../../scripts/kaizen-before-after.ts'

it('the picture of before/after is what the simulation draws', () => {
  expect(readFileSync(PICTURE, 'utf8')).toBe(drawPicture())
})
