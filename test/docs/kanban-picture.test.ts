import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { PICTURE, drawPicture, tell } from '../../scripts/kanban-overflow.ts'

describe('the picture of a full queue', () => {
  it('is what the queue does', async () => {
    expect(readFileSync(PICTURE, 'utf8')).toBe(await drawPicture())
  })

  it.each([
    ['reject', { refused: [6, 8, 9], dropped: [], waited: 0 }],
    ['drop-oldest', { refused: [], dropped: [3, 5, 6], waited: 0 }],
    ['drop-newest', { refused: [], dropped: [5, 7, 8], waited: 0 }],
    ['put', { refused: [], dropped: [], waited: 5 }],
  ] as const)('shows that with %s', async (way, expected) => {
    const stories = [...(await tell(way)).entries()]
    const numbers = (key: 'refusedMs' | 'droppedMs'): number[] =>
      stories.flatMap(([index, story]) => (story[key] === undefined ? [] : [index + 1]))
    const waited = stories.filter(([, { arrivedMs, admittedMs }]) => (admittedMs ?? 0) > arrivedMs).length
    expect({ refused: numbers('refusedMs'), dropped: numbers('droppedMs'), waited }).toEqual(expected)
  })
})
