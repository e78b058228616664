// What is looked at: which series, over which time, and what is made of each step. The address remembers it.
export const SPANS = { '5m': 300_000, '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000 }
export const AGGREGATES = {
  avg: 'the average',
  min: 'the lowest',
  max: 'the highest',
  p50: 'the median',
  p90: 'p90',
  p99: 'p99',
  sum: 'the sum',
  count: 'how many',
  rate: 'growth a second',
}
/** As many as `GET /live` follows. */
export const MAX_SERIES = 12

const tellers = new Set()
const state = { keys: [], range: '5m', start: 0, end: 0, aggregate: 'avg' }

/** How far the clock of the platform is ahead of that of this browser, in ms. */
let aheadMs = 0

export const view = {
  /** The series by key, such as `cpu_usage{host="web-1"}`. */
  get keys() {
    return state.keys
  },
  /** One of SPANS, which all end now, or `custom`. */
  get range() {
    return state.range
  },
  get isLive() {
    return state.range !== 'custom'
  },
  get aggregate() {
    return state.aggregate
  },
  /** From when to when, in ms since 1970. */
  window() {
    if (state.range === 'custom') return [state.start, state.end]
    const now = view.now()
    return [now - SPANS[state.range], now]
  },
  /** What time it is for the platform. */
  now: () => Date.now() + aheadMs,
  setClock(at) {
    aheadMs = at - Date.now()
  },
  toggle(key, isOn) {
    if (isOn && !state.keys.includes(key) && state.keys.length < MAX_SERIES) change({ keys: [...state.keys, key] })
    else if (!isOn && state.keys.includes(key)) change({ keys: state.keys.filter((each) => each !== key) })
  },
  choose: (range) => change({ range }),
  custom: (start, end) => change({ range: 'custom', start: Math.floor(start), end: Math.ceil(end) }),
  make: (aggregate) => change({ aggregate }),
  onChange: (tell) => void tellers.add(tell),
}

function change(next) {
  Object.assign(state, next)
  history.replaceState(null, '', address())
  for (const tell of tellers) tell()
}

function address() {
  const search = new URLSearchParams(state.keys.map((key) => ['series', key]))
  if (state.range === 'custom') {
    search.set('start', state.start)
    search.set('end', state.end)
  } else if (state.range !== '5m') search.set('range', state.range)
  if (state.aggregate !== 'avg') search.set('agg', state.aggregate)
  const text = search.toString()
  return location.pathname + (text && `?${text}`) + location.hash
}

/** Takes over what the address says. What can't be used is left out. */
function read() {
  const search = new URLSearchParams(location.search)
  const [start, end] = [Number(search.get('start')), Number(search.get('end'))]
  const [range, aggregate] = [search.get('range'), search.get('agg')]
  Object.assign(state, {
    keys: [...new Set(search.getAll('series'))].filter(Boolean).slice(0, MAX_SERIES),
    range: start > 0 && end > start ? 'custom' : Object.hasOwn(SPANS, range ?? '') ? range : '5m',
    start,
    end,
    aggregate: Object.hasOwn(AGGREGATES, aggregate ?? '') ? aggregate : 'avg',
  })
}
read()
addEventListener('popstate', () => {
  read()
  for (const tell of tellers) tell()
})
