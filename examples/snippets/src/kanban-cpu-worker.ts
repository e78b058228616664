// #region readme
// Runs in a thread of piscina, so it may block.
export function countPrimes(below: number): number {
  const isComposite = new Uint8Array(below)
  let count = 0
  for (let n = 2; n < below; n++) {
    if (isComposite[n] === 1) continue
    count++
    for (let multiple = n * n; multiple < below; multiple += n) isComposite[multiple] = 1
  }
  return count
}
// #endregion

export function spin(): never {
  for (;;);
}
