/** How one class stood, on the server. */
export interface ClassLook {
  /** How many of its items the stream has. */
  readonly inStream: number
  /** How many of them the consumer is going to hand out, again or for the first time, or has in workers' hands. */
  readonly known: number
  /** How many are in workers' hands. */
  readonly inHand: number
  /** Its oldest item in the stream; only looked for when there are more than the consumer knows. */
  readonly first: number | undefined
  /** Everything of the class up to here has been acknowledged. */
  readonly ackFloor: number
  /** Changes with everything that happens: two looks with the same one saw the same moment. */
  readonly mark: string
}

/**
 * How many items of a class the server holds without ever handing them out again, going by two looks some time apart; 0 when
 * that isn't certain. Counts of the stream and of its consumer are not read at the same moment, so they only tell while
 * nothing happens; while something happens, what tells is an item that stays although everything up to it is acknowledged.
 */
export function orphansIn(before: ClassLook | undefined, now: ClassLook): number {
  if (!before) return 0
  const excess = now.inStream - now.known
  if (excess <= 0 || before.inStream <= before.known) return 0
  if (before.mark === now.mark) return excess
  const isStuck =
    now.first !== undefined && now.first === before.first && now.first <= Math.min(before.ackFloor, now.ackFloor)
  return isStuck ? excess : 0
}
