/** A lane's load, and the part of it that can't be moved. */
export interface Basin {
  readonly load: number
  readonly fixed: number
}

/** The level that all movable load reaches when it is poured over what can't move, and the highest of the latter. */
export function waterLevel(basins: readonly Basin[]): { readonly level: number; readonly highest: number } {
  const floors = basins.map(({ fixed }) => fixed).toSorted((a, b) => a - b)
  let poured = basins.reduce((sum, { load, fixed }) => sum + load - fixed, 0)
  let level = 0
  for (let index = 0; index < floors.length; index++) {
    poured += floors[index] as number
    level = poured / (index + 1)
    if (level <= (floors[index + 1] ?? Number.POSITIVE_INFINITY)) break
  }
  return { level, highest: floors.at(-1) as number }
}
