// The samples of the chosen series: what is stored, asked for in steps, and behind it what is accepted now.
import { ask } from '/page/api.js'
import { learnName, selectorOf } from '/page/catalog.js'
import { seriesOf } from '/page/key.js'
import { view } from '/page/view.js'

/** Steps that the grid of a range is made of, in ms. */
const STEPS = [250, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000, 21_600_000, 86_400_000]
/** Sums over less than this say nothing of samples that come once a second or more seldom. */
const SUM_STEP_MS = 5_000
/** Of these, single samples can't be put behind what is stored: it is asked for again instead. */
const SUMS = new Set(['sum', 'count', 'rate'])
const TAIL_POINTS = 5_000
const RETRY_MS = 2_000

/** How long a step is, so that a range fills about so many pixels. */
export function stepFor(spanMs, pixels, aggregate) {
  const least = Math.max(spanMs / Math.max(100, pixels), SUMS.has(aggregate) ? SUM_STEP_MS : 0)
  return STEPS.find((step) => step >= least) ?? STEPS.at(-1)
}

/** How often what is stored is asked for again while time goes on, in ms. */
function refreshFor(stepMs, aggregate) {
  return SUMS.has(aggregate) ? Math.max(2_000, stepMs) : Math.min(60_000, Math.max(10_000, stepMs * 4))
}

/**
 * Keeps the samples of what is looked at. `pixels()` is how wide the chart is. `onChange()` is called when there is something
 * new, `onTrouble(text)` with what went wrong, or nothing.
 */
export function samples({ pixels, onChange, onTrouble }) {
  /** What is stored, by key: `{ at, values }` in ms. */
  let stored = new Map()
  /** What came since, by key, with when it was heard. */
  const tails = new Map()
  let stepMs = stepFor(300_000, 800, 'avg')
  let loadedMs = 0
  let loading = 0
  let source
  let followed = ''

  const hear = (news) => {
    const heard = performance.now()
    for (const [key, { at, values }] of Object.entries(news)) {
      const tail = tails.get(key) ?? []
      for (const [index, ms] of at.entries()) tail.push({ at: ms, value: values[index], heard })
      if (tail.length > TAIL_POINTS) tail.splice(0, tail.length - TAIL_POINTS)
      tails.set(key, tail)
    }
    if (!SUMS.has(view.aggregate)) onChange()
  }

  /** Follows what is chosen, when time goes on. */
  const follow = () => {
    const wanted = view.isLive ? view.keys.join('\n') : ''
    if (wanted === followed) return
    followed = wanted
    source?.close()
    source = undefined
    if (wanted === '') return
    const mine = new EventSource(`/live?${new URLSearchParams(view.keys.map((key) => ['series', key]))}`)
    source = mine
    // What came before the stream was open, or while it was away, is stored.
    mine.addEventListener('open', () => void load())
    mine.addEventListener('clock', ({ data }) => view.setClock(JSON.parse(data)))
    mine.addEventListener('samples', ({ data }) => hear(JSON.parse(data)))
    mine.addEventListener('error', () => {
      // A stream that was refused is not tried again by the browser.
      if (mine.readyState !== EventSource.CLOSED || source !== mine) return
      followed = ''
      setTimeout(follow, RETRY_MS)
    })
  }

  const loadOne = async (key, start, end) => {
    await learnName(seriesOf(key).name)
    const search = selectorOf(key)
    for (const [name, value] of Object.entries({ start, end, step: stepMs, agg: view.aggregate })) search.set(name, value)
    const rows = await ask(`/query?${search}`)
    // An infinite value is a text.
    const known = rows.filter(({ value }) => typeof value === 'number')
    return [key, { at: known.map(({ timestamp }) => timestamp), values: known.map(({ value }) => value) }]
  }

  /** Asks for all of it again. */
  const load = async () => {
    const mine = ++loading
    loadedMs = performance.now()
    const [from, to] = view.window()
    stepMs = stepFor(to - from, pixels(), view.aggregate)
    const start = Math.floor(from / stepMs) * stepMs
    // Samples may be a little ahead of the clock; those of a custom range are not asked for.
    const end = view.isLive ? to + 60_000 : to
    const begun = performance.now()
    try {
      const all = await Promise.all(view.keys.map((key) => loadOne(key, start, end)))
      if (mine !== loading) return
      stored = new Map(all)
      for (const [key, tail] of tails) tails.set(key, tail.filter(({ heard }) => heard >= begun))
      onTrouble('')
    } catch (error) {
      if (mine === loading) onTrouble(error.message)
    }
    if (mine === loading) onChange()
  }

  view.onChange(() => {
    for (const key of tails.keys()) if (!view.keys.includes(key)) tails.delete(key)
    follow()
    void load()
  })
  follow()
  void load()

  return {
    get stepMs() {
      return stepMs
    },
    /** Asks for it again when it is time. Called once a second. */
    refresh() {
      if (view.isLive && view.keys.length > 0 && performance.now() - loadedMs >= refreshFor(stepMs, view.aggregate)) void load()
    },
    /** The points of a series by time, in ms. */
    of(key) {
      const { at = [], values = [] } = stored.get(key) ?? {}
      const tail = SUMS.has(view.aggregate) || !view.isLive ? [] : (tails.get(key) ?? [])
      if (tail.length === 0) return { at, values }
      const points = [...at.map((ms, index) => [ms, values[index]]), ...tail.map(({ at: ms, value }) => [ms, value])]
      points.sort(([a], [b]) => a - b)
      return { at: points.map(([ms]) => ms), values: points.map(([, value]) => value) }
    },
  }
}
