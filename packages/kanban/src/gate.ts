import type { Taker } from './taker.ts'

/** More than can ever be ready, and a small integer, which compares quickly. */
export const NEVER: number = 2 ** 30

/**
 * How far a queue may be used without looking any further. Whatever this depends on shuts it when it changes; who finds it
 * shut looks at everything and opens it again. All are at most `NEVER`.
 */
export class Gate<T> {
  /** While fewer than this are ready, a bare item may simply be put down. */
  admitsBelow = 0
  /** While more than this are ready, a bare item may simply be taken: all are bare. */
  servesAbove: number = NEVER
  /** While more than this are ready, an item may simply be lent. */
  lendsAbove: number = NEVER

  /** Who may simply be given a bare item: it is the first in line, so nothing is ready. */
  taker: Taker<T> | undefined

  /** Not all that is ready is bare any more. */
  entryCame(): void {
    this.servesAbove = NEVER
  }

  readonly shut = (): void => {
    this.admitsBelow = 0
    this.servesAbove = this.lendsAbove = NEVER
    this.taker = undefined
  }
}
