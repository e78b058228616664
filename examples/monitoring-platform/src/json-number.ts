/** A number as JSON text. What JSON has no number for is a text, as Prometheus writes it: `"+Inf"`, `"-Inf"`, `"NaN"`. */
export function numberToJson(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return `"${specialName(value)}"`
}

/** `+Inf`, `-Inf` or `NaN`. */
export function specialName(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value > 0 ? '+Inf' : '-Inf'
}

const SPECIAL: Readonly<Record<string, number>> = {
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
  NaN: Number.NaN,
}

/** The number that a text such as `+Inf` stands for; `undefined` when it stands for none. */
export function specialNumber(text: string): number | undefined {
  return SPECIAL[text]
}
