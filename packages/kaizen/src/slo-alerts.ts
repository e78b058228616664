import { checkNumber, checkOneOf, checkObject } from '@tps/internal'

/** When to tell that a budget burns: when the burn rate over a long and over a short window is above `factor`. */
export interface BurnRateAlert {
  /** red calls somebody now, yellow is for the working day. */
  readonly severity: 'red' | 'yellow'
  /** The window that shows that it matters, in ms, at most the period. */
  readonly longMs: number
  /** The window that shows that it still goes on, in ms, below `longMs`: the alert ends this long after the trouble. */
  readonly shortMs: number
  /** How many times faster than the budget allows, above 0. */
  readonly factor: number
}

/**
 * One alert in the shape that `AlertEmitter` of `@tps/andon` takes in its `rules`. The value is the lower one of the two
 * burn rates; `undefined` while the long window has fewer than `minEvents` events.
 */
export interface SloAlertRule {
  readonly name: string
  readonly severity: 'red' | 'yellow'
  readonly summary: string
  readonly description: string
  readonly threshold: { readonly above: number }
  readonly forMs: number
  readonly source: () => number | undefined
}

/** The four alerts of the SRE workbook as shares of a period, which it gives for 30 days: 1 h and 5 min, and so on. */
const WORKBOOK = [
  { severity: 'red', long: 1 / 720, short: 1 / 8640, factor: 14.4 },
  { severity: 'red', long: 1 / 120, short: 1 / 1440, factor: 6 },
  { severity: 'yellow', long: 1 / 30, short: 1 / 360, factor: 3 },
  { severity: 'yellow', long: 1 / 10, short: 1 / 120, factor: 1 },
] as const

/**
 * The four multi-window burn-rate alerts of the SRE workbook (Beyer and others, 2018, chapter 5, table 5-8), with
 * windows in proportion to the period. They tell when 2, 5, 10 and 10 % of the budget have gone.
 */
export function workbookAlerts(periodMs: number): BurnRateAlert[] {
  return WORKBOOK.map(({ severity, long, short, factor }) => ({
    severity,
    longMs: periodMs * long,
    shortMs: periodMs * short,
    factor,
  }))
}

/** Checks and copies alerts. One that no share of errors could ever set off is refused. */
export function checkAlerts(
  alerts: readonly BurnRateAlert[] | undefined,
  { target, periodMs, baseMs }: { readonly target: number; readonly periodMs: number; readonly baseMs: number },
): readonly BurnRateAlert[] {
  if (alerts !== undefined && !Array.isArray(alerts)) throw new TypeError('alerts must be an array')
  const names = new Set<string>()
  return (alerts ?? workbookAlerts(periodMs)).map((alert, index) => {
    const at = `alerts[${index}]`
    checkObject(at, alert)
    const severity = checkOneOf(`${at}.severity`, alert.severity, ['red', 'yellow'])
    const longMs = checkNumber(`${at}.longMs`, alert.longMs, { max: periodMs })
    // Of less than four slices, the present one would be too great a part.
    const shortMs = checkNumber(`${at}.shortMs`, alert.shortMs, { min: 4 * baseMs, below: longMs })
    const factor = checkNumber(`${at}.factor`, alert.factor, { above: 0 })
    if (factor * (1 - target) >= 1) {
      throw new RangeError(
        `${at}.factor must be below ${1 / (1 - target)}, the burn rate when everything fails at a target of ${target}, ` +
          `got ${factor}: this alert could never fire. Give \`alerts\` with lower factors, or none`,
      )
    }
    const name = `${factor} over ${showDuration(longMs)}`
    if (names.has(name)) throw new RangeError(`alerts must differ in factor or long window, got ${name} twice`)
    names.add(name)
    return { severity, longMs, shortMs, factor }
  })
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const

/** As Prometheus writes durations: 5m, 1h, 3d, 90s; the largest unit that divides it. Rounded to ms. */
export function showDuration(ms: number): string {
  const whole = Math.round(ms)
  for (const [unit, length] of UNITS) if (whole % length === 0) return `${whole / length}${unit}`
  return `${whole}ms`
}
