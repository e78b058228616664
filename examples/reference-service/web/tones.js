// From a figure to its colour and word. Colour never stands alone.
import { percent } from '/board/format.js'

const CIRCUITS = {
  closed: { tone: 'green', word: 'Closed', number: 0 },
  open: { tone: 'red', word: 'Open', number: 1 },
  'half-open': { tone: 'yellow', word: 'Half-open', number: 2 },
  'forced-open': { tone: 'red', word: 'Held open', number: 1 },
  disabled: { tone: 'yellow', word: 'Disabled', number: 0 },
}

/** A circuit's state: sign, word and the seeds' number. */
export const circuit = (state) => CIRCUITS[state] ?? { tone: 'unknown', word: state ?? 'unknown', number: '–' }

/** The numbers of a circuit on the axis of a chart. */
export const CIRCUIT_STATES = { 0: '0 closed', 1: '1 open', 2: '2 half-open' }

export const queue = (ratio) =>
  ratio >= 1
    ? { tone: 'red', word: 'full' }
    : ratio > 0.8
      ? { tone: 'red', word: 'near capacity' }
      : ratio > 0.6
        ? { tone: 'yellow', word: 'filling' }
        : ratio >= 0.4
          ? { tone: 'green', word: 'sweet spot' }
          : { tone: 'green', word: ratio > 0 ? 'room to spare' : 'empty' }

export const latency = (p99, slaMs) =>
  p99 === null
    ? { tone: 'unknown', word: 'no signals' }
    : p99 > slaMs
      ? { tone: 'red', word: 'above the promise' }
      : p99 > slaMs / 2
        ? { tone: 'yellow', word: 'near the promise' }
        : { tone: 'green', word: 'within the promise' }

export const errors = (ratio) =>
  ratio > 0.05 ? { tone: 'red', word: 'broken' } : ratio > 0.01 ? { tone: 'yellow', word: 'look at it' } : { tone: 'green', word: 'normal' }

export const utilization = (ratio) =>
  ratio > 0.9
    ? { tone: 'red', word: 'at capacity' }
    : ratio > 0.8
      ? { tone: 'yellow', word: 'nearly busy' }
      : ratio >= 0.5
        ? { tone: 'green', word: 'well used' }
        : { tone: 'green', word: ratio > 0 ? 'room to spare' : 'idle' }

export const used = (ratio) =>
  ratio === null ? { tone: 'unknown', word: 'unknown' } : ratio > 0.95 ? { tone: 'red', word: 'at its end' } : ratio > 0.8 ? { tone: 'yellow', word: 'high' } : { tone: 'green', word: 'normal' }

/** One item more or less is much of little: with hardly any load an imbalance means nothing. */
export const imbalance = ({ imbalanceFactor, threshold, avgPerWorker }) =>
  imbalanceFactor <= threshold
    ? { tone: 'green', word: 'level' }
    : avgPerWorker < 2
      ? { tone: 'green', word: 'hardly any load' }
      : { tone: 'yellow', word: `above ${percent(threshold, 0)}` }

export const burn = (rate) =>
  rate === null ? { tone: 'unknown', word: 'no events' } : rate >= 14.4 ? { tone: 'red', word: 'burning fast' } : rate > 1 ? { tone: 'yellow', word: 'too fast' } : { tone: 'green', word: 'sustainable' }

export const budget = (left) =>
  left <= 0 ? { tone: 'red', word: 'spent' } : left < 0.25 ? { tone: 'yellow', word: 'nearly spent' } : { tone: 'green', word: 'left' }

export const severity = (name) => ({ red: 'red', yellow: 'yellow', critical: 'red', high: 'yellow', medium: 'yellow' })[name] ?? 'unknown'

/** Mean of the last `seconds` values of a column with one a second; `null` without any. */
export function lately(column, seconds = 10) {
  const known = (column ?? []).slice(-seconds).filter((value) => typeof value === 'number')
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/** Whether a column has stayed about the same for a minute; `null` when it was idle. */
export function isStable(column) {
  const known = (column ?? []).slice(-60).filter((value) => typeof value === 'number')
  const mean = lately(known, 60)
  if (!mean || mean < 0.05) return null
  const spread = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length)
  return spread / mean < 0.35
}
