import { checkInteger, checkNumber, checkObject } from '@tps/internal'
import type { SavedTier } from './slo-ring.ts'

/** What an `Slo` has counted, as plain JSON: what `save()` gives and `restore()` takes. */
export interface SavedSlo {
  readonly version: 1
  /** Length of the finest slots, in ms: depends on the period alone. */
  readonly baseMs: number
  /** Events refused. */
  readonly invalid: number
  /** Finest first: [slot, total, bad] of the slots that are not empty. */
  readonly tiers: readonly SavedTier[]
}

/** Checks all of it before any of it is used. */
export function checkSaved(saved: SavedSlo, baseMs: number): SavedSlo {
  checkObject('saved', saved)
  if (saved.version !== 1) throw new RangeError(`saved.version must be 1, got ${String(saved.version)}`)
  checkNumber('saved.baseMs', saved.baseMs)
  if (saved.baseMs !== baseMs) {
    throw new RangeError(
      `saved.baseMs must be ${baseMs}, got ${saved.baseMs}: it was saved by an SLO whose period is of another length`,
    )
  }
  checkInteger('saved.invalid', saved.invalid, { min: 0 })
  if (!Array.isArray(saved.tiers) || saved.tiers.length !== 3)
    throw new TypeError('saved.tiers must be an array of three arrays')
  for (const [index, tier] of saved.tiers.entries()) checkTier(`saved.tiers[${index}]`, tier)
  return saved
}

function checkTier(at: string, tier: unknown): void {
  if (!Array.isArray(tier)) throw new TypeError(`${at} must be an array`)
  for (const [index, entry] of tier.entries() as ArrayIterator<[number, unknown]>) {
    if (!Array.isArray(entry) || entry.length !== 3) throw new TypeError(`${at}[${index}] must be [slot, total, bad]`)
    const [slot, total, bad] = entry as unknown[]
    checkInteger(`${at}[${index}][0]`, slot, { min: 0 })
    const most = checkInteger(`${at}[${index}][1]`, total, { min: 0 })
    checkInteger(`${at}[${index}][2]`, bad, { min: 0, max: most })
  }
}
