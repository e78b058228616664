/** What a source tells of itself beyond the contract. */
export interface Backlog {
  /** How many items wait in it, delayed ones included; `undefined` when it doesn't say. */
  readonly depth: number | undefined
  /** How many are in consumers' hands; `undefined` when it doesn't say. */
  readonly leased: number | undefined
}

/** Reads `depth` and `leased` from a source itself, or from its snapshot. */
export function backlogOf(source: object): Backlog {
  const depth: unknown = Reflect.get(source, 'depth')
  if (typeof depth === 'number') return { depth, leased: numberIn(source, 'leased') }
  const snapshot: unknown = Reflect.get(source, 'snapshot')
  if (typeof snapshot !== 'function') return { depth: undefined, leased: undefined }
  const readings: unknown = Reflect.apply(snapshot, source, [])
  if (typeof readings !== 'object' || readings === null) return { depth: undefined, leased: undefined }
  return { depth: numberIn(readings, 'depth'), leased: numberIn(readings, 'leased') }
}

function numberIn(object: object, key: string): number | undefined {
  const value: unknown = Reflect.get(object, key)
  return typeof value === 'number' ? value : undefined
}
