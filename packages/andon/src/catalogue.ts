import { autoscalers, levelers, limiters } from './catalogue-level.ts'
import { breakers, deadLetters, pools, queues } from './catalogue-line.ts'
import { alerts, boards, collectors, signals, slos, trackers } from './catalogue-measures.ts'
import type { CatalogueRow } from './catalogue-row.ts'
import type { ReadingsOf } from './snapshots.ts'

/** Every metric there is, by what it is read from. */
export const CATALOGUE: { readonly [Kind in keyof ReadingsOf]: readonly CatalogueRow[] } = Object.freeze({
  breakers,
  queues,
  pools,
  levelers,
  limiters,
  autoscalers,
  trackers,
  slos,
  deadLetters,
  signals,
  alerts,
  boards,
  collectors,
})
