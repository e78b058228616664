import type { Matcher } from '../storage/store.ts'

/** Thrown for a query that can't be answered as it is asked. */
export class QueryError extends Error {
  override readonly name = 'QueryError'
  readonly code = 'ERR_QUERY'
}

const UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** `90s`, `1h30m` in ms; `undefined` when it is no duration. */
export function durationMs(text: string): number | undefined {
  if (!/^(\d+(ms|s|m|h|d|w|y))+$/.test(text)) return undefined
  let sum = 0
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhdwy])/g)) sum += Number(count) * UNITS_MS[unit ?? 'ms']!
  return sum
}

/** A step: ms, or a duration such as `1m`. @throws {QueryError} */
export function readStep(text: string): number {
  const ms = /^\d+$/.test(text) ? Number(text) : durationMs(text)
  if (ms === undefined || ms < 1)
    throw new QueryError(`step must be ms or a duration such as 1m, got ${JSON.stringify(text)}`)
  return ms
}

/** Tags as `host:web-1,zone:eu`; a comma that belongs to a value is written `\,`. @throws {QueryError} */
export function readTagFilter(texts: readonly string[]): readonly Matcher[] {
  return texts.flatMap((text) =>
    text.split(/(?<!\\),/).map((pair) => {
      const at = pair.indexOf(':')
      if (at < 1) throw new QueryError(`tags must be name:value, separated by commas, got ${JSON.stringify(pair)}`)
      return {
        tag: pair.slice(0, at),
        operator: '=' as const,
        value: pair.slice(at + 1).replaceAll(String.raw`\,`, ','),
      }
    }),
  )
}
