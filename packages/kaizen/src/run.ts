/** How many pages the run has at most: nine orders of magnitude. */
export const LONGEST_RUN = 32

/** For how many pages room is made when `used` are needed: exactly, while they are few. */
export function room(used: number): number {
  return used <= 4 ? used : used + (used >> 3)
}

/** Those of `pages`, ascending, that are next to each other and to `center`, the lowest of them first. */
export function runAround(pages: readonly number[], center: number): readonly number[] {
  let at = pages.findIndex((page) => page >= Math.max(1, center))
  if (at < 0) at = pages.length - 1
  if (at < 0 || (pages[at] as number) < 1) return []
  let [low, high] = [at, at + 1]
  while (high < pages.length && pages[high] === (pages[high - 1] as number) + 1 && high - low < LONGEST_RUN) high++
  while (low > 0 && pages[low - 1] === (pages[low] as number) - 1 && (pages[low - 1] as number) > 0) {
    if (high - low === LONGEST_RUN) break
    low--
  }
  return pages.slice(low, high)
}
