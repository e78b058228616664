// The stream of readings: the last minutes when it opens, then one a second. Longer ranges are fetched.
import { view } from '/board/view.js'

const MINUTES_KEPT = 300
const RETRY_MS = 2_000
const STALE_MS = 5_000

/** Follows the service. `onReading`, `onColumns`, `onRules` and `onConnection` are told what is new. */
export function follow({ onReading, onColumns, onRules, onConnection }) {
  const live = { at: [], values: {} }
  let fetched
  let fetchedAt = 0
  let fetching = false
  let lastHeard = 0
  let source

  const connect = () => {
    source = new EventSource('/board/events')
    source.addEventListener('open', () => onConnection('live'))
    source.addEventListener('history', ({ data }) => {
      const { columns, reading, rules } = JSON.parse(data)
      onRules(rules)
      begin(columns)
      fetchedAt = 0
      if (reading) hear(reading, false)
      void tell()
    })
    source.addEventListener('reading', ({ data }) => hear(JSON.parse(data), true))
    source.addEventListener('error', () => {
      onConnection('lost')
      // A refused stream is not tried again by the browser.
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS)
    })
  }

  /** Takes what the service kept. What this page saw before, of a service that has since begun anew, stays in front. */
  const begin = (columns) => {
    const first = columns.at[0] ?? Infinity
    const kept = live.at.filter((at) => at < first)
    const gap = kept.length > 0 && columns.at.length > 0 && first - kept.at(-1) > 3_000
    live.at = [...kept, ...(gap ? [kept.at(-1) + 1] : []), ...columns.at]
    const names = new Set([...Object.keys(live.values), ...Object.keys(columns.values)])
    for (const name of names) {
      const before = (live.values[name] ?? []).slice(0, kept.length)
      live.values[name] = [...before, ...(gap ? [null] : []), ...(columns.values[name] ?? [])]
    }
    trim()
  }

  const hear = (reading, isNew) => {
    lastHeard = performance.now()
    onConnection('live')
    view.reach(reading.at)
    if (isNew && reading.at > (live.at.at(-1) ?? 0)) {
      live.at.push(reading.at)
      for (const [name, value] of Object.entries(reading.values)) (live.values[name] ??= Array(live.at.length - 1).fill(null)).push(value)
      trim()
    }
    onReading(reading, live)
    if (isNew) void tell()
  }

  const trim = () => {
    const excess = live.at.length - MINUTES_KEPT
    if (excess <= 0) return
    live.at.splice(0, excess)
    for (const column of Object.values(live.values)) column.splice(0, excess)
  }

  /** Gives the columns of the range that is looked at. */
  const tell = async () => {
    const { range } = view
    if (range === '5m') return onColumns(live)
    if (fetched?.range === range) onColumns(fetched.columns)
    const step = fetched?.range === range ? fetched.columns.stepMs : 0
    if (fetching || performance.now() - fetchedAt < step) return
    fetching = true
    try {
      const response = await fetch(`/board/history?range=${range}`)
      if (response.ok) fetched = { range, columns: await response.json() }
      fetchedAt = performance.now()
    } catch {
      // The stream says that the connection is lost.
    } finally {
      fetching = false
    }
    if (fetched?.range === view.range) onColumns(fetched.columns)
    else if (view.range !== range) void tell()
  }

  view.onChange(() => void tell())
  setInterval(() => {
    if (lastHeard > 0 && performance.now() - lastHeard > STALE_MS && source.readyState === EventSource.OPEN) onConnection('silent')
  }, 1_000)
  connect()
}
