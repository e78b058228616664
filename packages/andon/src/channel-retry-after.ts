/** How long a `Retry-After` header asks to wait, in ms: seconds or a date of HTTP. `undefined` for anything else. */
export function retryAfterOf(header: string | null | undefined, wallMs: number): number | undefined {
  const text = header?.trim()
  if (!text) return undefined
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000
  // A date of HTTP names its day first; `Date.parse` alone would take "-1" for the year 2001.
  const dateMs = /^[A-Za-z]{3}/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - wallMs)
}
