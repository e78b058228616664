/**
 * Where the lower end of the Wilson score interval for a share lies: with `hits` of `total` seen, the true share is
 * above it with the confidence that `z` stands for. 0 for no events. Source: Wilson, JASA 22 (1927).
 */
export function wilsonLower(hits: number, total: number, z: number): number {
  if (total === 0) return 0
  const share = hits / total
  const square = (z * z) / total
  const spread = z * Math.sqrt((share * (1 - share) + square / 4) / total)
  // Rounding may leave it a hair below 0 where there are no hits.
  return Math.max(0, (share + square / 2 - spread) / (1 + square))
}
