import { Readable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { ImportBatch, checkImportOptions } from './dead-letter-import.ts'
import {
  DeadLetterLineError,
  DeadLetterQueue,
  type DeadLetterQueueOptions,
  DeadLettersFullError,
  type Lines,
} from './index.ts'

function make<T>(options: DeadLetterQueueOptions<T> = {}): DeadLetterQueue<T> {
  return new DeadLetterQueue<T>({ wallNow: () => 1_000, into: () => true, ...options })
}

function filled(...items: unknown[]): DeadLetterQueue<unknown> {
  const letters = make<unknown>()
  for (const item of items) letters.add({ item, errors: [new Error('down')], attempts: 3, firstAgeMs: 400 })
  return letters
}

/** Letters but for their ids, which an import gives anew. */
const contents = <T>(letters: DeadLetterQueue<T>): object[] =>
  letters.list().map((letter) => Object.fromEntries(Object.entries(letter).filter(([key]) => key !== 'id')))

const refuseBad = (value: unknown): unknown => {
  if (value === 'bad') throw new Error('bad item')
  return value
}

const orderOf = ({ order }: { order: number }): number => order

const line = (item: string, more: object = {}): string =>
  JSON.stringify({ v: 1, item, errors: [], attempts: 1, firstAt: 1, lastAt: 2, redrives: 0, ...more })

describe('exportLines', () => {
  it('writes a line of JSON for each letter, and keeps the letters', () => {
    const letters = filled('a', { order: 7 })
    const lines = [...letters.exportLines()]
    expect(lines).toEqual([
      '{"v":1,"item":"a","errors":[{"name":"Error","message":"down"}],"attempts":3,"firstAt":600,"redrives":0,"lastAt":1000}\n',
      '{"v":1,"item":{"order":7},"errors":[{"name":"Error","message":"down"}],"attempts":3,"firstAt":600,"redrives":0,"lastAt":1000}\n',
    ])
    expect(letters.size).toBe(2)
  })

  it('writes what was there when it was called', () => {
    const letters = filled('a', 'b')
    const lines = letters.exportLines()
    letters.take(1)
    letters.add({ item: 'c', errors: [], attempts: 1 })
    expect([...lines].map((text) => (JSON.parse(text) as { item: string }).item)).toEqual(['a', 'b'])
  })

  it('writes those the filter picks, items as encode says, and stacks on demand', () => {
    const letters = filled(1n, 2n)
    const lines = [
      ...letters.exportLines({ filter: ({ id }) => id === 2, encode: (item) => String(item), stack: true }),
    ]
    expect(lines.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      { item: '2', errors: [{ stack: letters.get(2)?.errors.map((error) => (error as Error).stack)[0] }] },
    ])
  })

  it('names the letter whose item JSON cannot hold', () => {
    expect(() => [...filled('a', 7n).exportLines()]).toThrow(/^the item of dead letter 2 can't be written as JSON: /)
  })

  it.each([[{ encode: 'json' }], [{ stack: 1 }], [{ filter: 'all' }]])('refuses %j', (options) => {
    expect(() => filled('a').exportLines(options as never)).toThrow(TypeError)
  })

  it('gives what a stream is made of, and takes the lines of one', async () => {
    const copy = make<unknown>()
    const letters = filled('a', 'b')
    await copy.importLines(Readable.from(letters.exportLines()))
    expect(contents(copy)).toEqual(contents(letters))
  })
})

describe('importLines', () => {
  it.each<[string, (text: string) => Lines]>([
    ['one text', (text) => text],
    ['lines with line feeds', (text) => text.match(/.*\n/g) ?? []],
    ['lines without', (text) => text.trimEnd().split('\n')],
    ['carriage returns, a byte order mark and empty lines', (text) => `\uFEFF\r\n${text.replaceAll('\n', '\r\n\r\n')}`],
    [
      'an asynchronous iterable',
      async function* (text): AsyncGenerator<string> {
        for (const each of text.trimEnd().split('\n')) yield await Promise.resolve(each)
      },
    ],
  ])('takes %s', async (_title, as) => {
    const letters = filled('a', { b: [1, null] })
    const copy = make<unknown>()
    const report = await copy.importLines(as([...letters.exportLines()].join('')))
    expect(report).toEqual({ imported: 2, leftOut: 0, bad: 0, badLines: [] })
    expect(contents(copy)).toEqual(contents(letters))
  })

  it('goes on counting ids, and tells and counts what it puts in', async () => {
    const letters = make<unknown>()
    letters.add({ item: 'here', errors: [], attempts: 1 })
    const added = vi.fn()
    letters.on('added', added)
    await letters.importLines([line('a'), line('b')])
    expect(letters.list().map(({ id, item }) => [id, item])).toEqual([
      [1, 'here'],
      [2, 'a'],
      [3, 'b'],
    ])
    expect(added).toHaveBeenCalledTimes(2)
    expect(letters.snapshot()).toMatchObject({ added: 3, imported: 2, size: 3 })
  })

  it('makes items with decode', async () => {
    const letters = make<bigint>()
    await letters.importLines([line('7')], { decode: (value) => BigInt(value as string) })
    expect(letters.list().map(({ item }) => item)).toEqual([7n])
  })

  it.each([
    ['{', /^line 2 is no dead letter: .*JSON/],
    ['[]', /^line 2 is no dead letter: not a JSON object$/],
    [line('x', { v: 2 }), /^line 2 is no dead letter: version 2 is not known, only 1$/],
    [line('x', { attempts: -1 }), /attempts must be an integer in \[0, ∞\), got -1$/],
    [line('x', { redrives: 0.5 }), /redrives must be an integer/],
    [line('x', { firstAt: null }), /firstAt must be a time in ms, got null$/],
    [line('x', { lastAt: 'now' }), /lastAt must be a time in ms, got "now"$/],
    [line('x', { errors: 'none' }), /errors must be a list$/],
    [line('x', { errors: [{}, 5] }), /errors\[1\] is no object$/],
    [line('x', { redriven: [] }), /redriven must be a text, a number or a boolean$/],
    [line('bad'), /^line 2 is no dead letter: bad item$/],
  ])('refuses the line %s with its number and why, and puts nothing in', async (bad, message) => {
    const letters = make<unknown>()
    const lines = [line('a'), bad, line('c')]
    const error: unknown = await letters.importLines(lines, { decode: refuseBad }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DeadLetterLineError)
    expect(error).toMatchObject({ name: 'DeadLetterLineError', code: 'ERR_DEAD_LETTER_LINE', line: 2 })
    expect((error as Error).message).toMatch(message)
    expect(letters.snapshot()).toMatchObject({ size: 0, added: 0, imported: 0 })
  })

  it('leaves bad lines out and reports them when told to', async () => {
    const letters = make<unknown>()
    const pieces = [line('a'), '{', 7 as unknown as string, line('b')]
    const report = await letters.importLines(pieces, { badLines: 'skip' })
    expect(report).toMatchObject({ imported: 2, leftOut: 0, bad: 2 })
    expect(report.badLines.map(({ line: number, reason }) => [number, reason])).toEqual([
      [2, expect.stringMatching(/JSON/)],
      [3, 'not text'],
    ])
  })

  it('names the first 100 bad lines and counts the others', async () => {
    const report = await make().importLines('x\n'.repeat(250), { badLines: 'skip' })
    expect([report.bad, report.badLines.length, report.badLines.at(-1)?.line]).toEqual([250, 100, 100])
  })

  it('puts nothing in when reading fails', async () => {
    const letters = make<unknown>()
    const lines = (async function* (): AsyncGenerator<string> {
      yield line('a')
      await Promise.resolve()
      throw new Error('disk')
    })()
    await expect(letters.importLines(lines, { badLines: 'skip' })).rejects.toThrow('disk')
    expect(letters.size).toBe(0)
  })

  it('puts nothing in when there is no room for all', async () => {
    const letters = make<unknown>({ capacity: 3 })
    letters.add({ item: 'here', errors: [], attempts: 1 })
    const error: unknown = await letters.importLines([line('a'), line('b'), line('c')]).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(DeadLettersFullError)
    expect(error).toMatchObject({ name: 'DeadLettersFullError', code: 'ERR_DEAD_LETTERS_FULL', room: 2 })
    expect(letters.list().map(({ item }) => item)).toEqual(['here'])
  })

  it.each([
    ['newest', ['here', 'd', 'e']],
    ['oldest', ['here', 'a', 'b']],
  ] as const)('fills up with the %s when told to, and drops nothing that is here', async (keep, expected) => {
    const letters = make<unknown>({ capacity: 3, keep })
    letters.add({ item: 'here', errors: [], attempts: 1 })
    const report = await letters.importLines(
      ['a', 'b', 'c', 'd', 'e'].map((item) => line(item)),
      { whenFull: 'fill' },
    )
    expect(report).toMatchObject({ imported: 2, leftOut: 3 })
    expect(letters.list().map(({ item }) => item)).toEqual(expected)
    expect(letters.snapshot()).toMatchObject({ dropped: 0, added: 3 })
  })

  it.each(['newest', 'oldest'] as const)('holds no more than fits while it reads, keeping the %s', async (keep) => {
    const checked = checkImportOptions({})
    const batch = new ImportBatch(checked, { keep, capacity: 3, maxRemembered: 2 })
    const redriven = '{"v":1,"redriven":7,"errors":[],"attempts":1,"firstAt":1,"redrives":1}'
    await batch.read(Array.from({ length: 50 }, (_, n) => `${line(String(n))}\n${redriven}`))
    expect([batch.letters.size, batch.leftOut, batch.redriven.size]).toEqual([4, 46, 2])
  })

  it.each([[{ decode: 'json' }], [{ badLines: 'ignore' }], [{ whenFull: 'drop' }]])('refuses %j', async (options) => {
    await expect(make().importLines([], options as never)).rejects.toThrow(/must be/)
  })

  it('refuses what holds no lines', async () => {
    await expect(make().importLines(7 as never)).rejects.toThrow(
      new TypeError('lines must be a text or an iterable of texts'),
    )
  })
})

describe('redrives across an export', () => {
  it('are known of letters: a poisoned one stays poison, and goes on counting', async () => {
    const letters = filled('a')
    await letters.redrive()
    letters.add({ item: 'a', errors: ['again'], attempts: 1 })
    const copy = make<unknown>()
    await copy.importLines(letters.exportLines())
    expect(copy.list()).toMatchObject([{ redrives: 1, poison: true }])
    await copy.redrive({ poison: 'include' })
    copy.add({ item: 'a', errors: ['once more'], attempts: 1 })
    expect(copy.list()).toMatchObject([{ redrives: 2, attempts: 5, errors: [new Error('down'), 'again', 'once more'] }])
  })

  it('are known of objects, which an import makes anew', async () => {
    const copy = make<unknown>()
    await copy.importLines(filled({ order: 7 }).exportLines())
    const item = copy.list()[0]?.item
    await copy.redrive()
    copy.add({ item, errors: [], attempts: 1 })
    expect(copy.list()).toMatchObject([{ item: { order: 7 }, redrives: 1, poison: true }])
  })

  it('are known of items that were out when it was made, by their keys', async () => {
    const [letters, copy] = [make({ keyBy: orderOf }), make({ keyBy: orderOf })]
    letters.add({ item: { order: 7 }, errors: ['down'], attempts: 2 })
    await letters.redrive()
    const lines = [...letters.exportLines()]
    expect(lines).toEqual([
      '{"v":1,"redriven":7,"errors":[{"value":"down"}],"attempts":2,"firstAt":1000,"redrives":1}\n',
    ])
    expect(await copy.importLines(lines)).toMatchObject({ imported: 0 })
    expect([...copy.exportLines()]).toEqual(lines)
    copy.add({ item: { order: 7 }, errors: ['again'], attempts: 1 })
    expect(copy.list()).toMatchObject([{ redrives: 1, poison: true, attempts: 3, errors: ['down', 'again'] }])
  })

  it('are written once: of a letter that is just being offered, the letter alone', async () => {
    const letters = filled('a')
    const answer = Promise.withResolvers<boolean>()
    const running = letters.redrive({ into: () => answer.promise })
    expect([...letters.exportLines()].map((text) => 'redriven' in (JSON.parse(text) as object))).toEqual([false])
    answer.resolve(true)
    await running
    expect([...letters.exportLines()].map((text) => 'redriven' in (JSON.parse(text) as object))).toEqual([true])
    expect([...letters.exportLines({ filter: () => true })]).toEqual([])
  })
})

const thrown = fc.oneof(
  fc.jsonValue(),
  fc
    .tuple(fc.string(), fc.string(), fc.option(fc.string()), fc.option(fc.jsonValue()))
    .map(([name, message, code, cause]) =>
      Object.assign(new Error(message, cause === null ? undefined : { cause }), { name }, code !== null && { code }),
    ),
)

describe('the round trip', () => {
  it('gives letters back as they were, whatever their items and errors', async () => {
    const deaths = fc.array(
      fc.record({
        item: fc.jsonValue(),
        errors: fc.array(thrown, { maxLength: 4 }),
        attempts: fc.nat(20),
        firstAgeMs: fc.nat(1_000_000),
        isSentBack: fc.boolean(),
      }),
      { maxLength: 20 },
    )
    await fc.assert(
      fc.asyncProperty(deaths, fc.boolean(), async (each, stack) => {
        const letters = make<unknown>()
        for (const { isSentBack, ...death } of each) {
          letters.add(death)
          if (isSentBack) await letters.redrive({ poison: 'include' })
          if (isSentBack) letters.add(death)
        }
        const lines = [...letters.exportLines({ stack })]
        const copy = make<unknown>()
        await copy.importLines(lines)
        expect([...copy.exportLines({ stack })]).toEqual(lines)
        expect(seen(copy)).toEqual(seen(letters))
      }),
    )
  })
})

/** What of the letters must come back: all but ids, and of errors what they are known by. */
function seen(letters: DeadLetterQueue<unknown>): unknown {
  const all = letters.list()
  return JSON.parse(JSON.stringify([contents(letters), all.map(({ errors }) => errors.map(known))], withoutErrors))
}

function withoutErrors(key: string, value: unknown): unknown {
  return key === 'errors' ? undefined : value
}

function known(error: unknown): unknown {
  if (!(error instanceof Error)) return { thrown: error }
  const { name, message, cause } = error
  return { name, message, code: Reflect.get(error, 'code') as unknown, cause: cause === undefined ? 0 : known(cause) }
}
