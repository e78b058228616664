import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Journal } from './journal.ts'

let directory: string

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tps-journal-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Opens it, with what it replays as text. */
async function open(position = 0, segmentBytes = 1_000_000): Promise<{ journal: Journal<string>; replayed: string[] }> {
  const replayed: string[] = []
  const journal = await Journal.open<string>({
    directory,
    position,
    segmentBytes,
    // The first one of a file says so, as a dictionary would begin anew.
    encode: (text, isFirst) => Buffer.from(isFirst ? text.toUpperCase() : text),
    replay: ({ position: at, bytes, isFirst, isStored }) => {
      const text = Buffer.from(bytes).toString()
      expect(isFirst).toBe(text === text.toUpperCase())
      if (!isStored) replayed.push(`${at} ${text}`)
    },
  })
  return { journal, replayed }
}

const files = (): string[] => readdirSync(directory).toSorted((a, b) => a.localeCompare(b))
const write = async (journal: Journal<string>, ...texts: string[]): Promise<number[]> =>
  await Promise.all(texts.map(async (text) => await journal.append(text)))

it('replays what is after the position, in the order in which it was written', async () => {
  const { journal } = await open()
  expect(await write(journal, 'a', 'b', 'c')).toEqual([1, 2, 3])
  expect(journal.snapshot()).toMatchObject({ written: 3, syncs: 1 })
  await journal.close()
  const { journal: next, replayed } = await open(1)
  expect(replayed).toEqual(['2 b', '3 c'])
  expect(await write(next, 'd')).toEqual([4])
  await next.close()
  expect((await open(3)).replayed).toEqual(['4 D'])
})

it('removes files of which everything is stored, and goes on counting', async () => {
  const { journal } = await open(0, 1)
  for (const text of ['a', 'b', 'c']) await write(journal, text)
  expect(files()).toHaveLength(3)
  journal.trim(1)
  expect(files()).toHaveLength(2)
  journal.trim(3)
  expect(files()).toEqual([])
  expect(await write(journal, 'd')).toEqual([4])
  await journal.close()
  expect((await open(3)).replayed).toEqual(['4 D'])
})

it.each([
  ['half a record', (path: string) => appendFileSync(path, Buffer.from([5, 0, 0, 0, 1, 2, 3, 4, 9]))],
  ['nothing but zeros', (path: string) => appendFileSync(path, Buffer.alloc(4_096))],
  ['half of the last record', (path: string) => truncateSync(path, 8 + 1 + 8)],
])('leaves %s at the end of a file out', async (_, damage) => {
  const { journal } = await open()
  await write(journal, 'a', 'b')
  await journal.close()
  damage(join(directory, files()[0]!))
  const { journal: next, replayed } = await open(1)
  const isCut = replayed.length === 0
  expect(replayed).toEqual(isCut ? [] : ['2 b'])
  expect(await write(next, 'c')).toEqual([isCut ? 2 : 3])
  await next.close()
  expect((await open(1)).replayed).toEqual(isCut ? ['2 C'] : ['2 b', '3 C'])
})

it('does not open when records are missing that were acknowledged', async () => {
  const { journal } = await open(0, 1)
  for (const text of ['a', 'b', 'c']) await write(journal, text)
  await journal.close()
  const [, second = ''] = files()
  writeFileSync(join(directory, second), '')
  await expect(open(0)).rejects.toThrow('is damaged: records 2 to 2 are missing')
  rmSync(join(directory, second))
  await expect(open(0)).rejects.toThrow('missing')
  expect((await open(2)).replayed).toEqual(['3 C'])
  rmSync(join(directory, files()[0]!))
  await expect(open(0)).rejects.toThrow('begins with record 3, but 1 is not there')
})

it('refuses what comes after it was closed', async () => {
  const { journal } = await open()
  await journal.close()
  await expect(write(journal, 'a')).rejects.toThrow('closed')
})
