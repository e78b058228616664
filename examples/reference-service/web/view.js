// What part of the time is looked at, and in which theme. Shared by all boards.
const SPANS = { '5m': 300, '1h': 3_600, '6h': 21_600, '24h': 86_400 }

const zoomed = new Set()
const themed = new Set()
let range = '5m'
let zoom
let last = Date.now() / 1000
let first = last

export const view = {
  ranges: Object.keys(SPANS),
  get range() {
    return range
  },
  get isZoomed() {
    return zoom !== undefined
  },
  /** How many seconds are shown. */
  span: () => (zoom ? zoom[1] - zoom[0] : SPANS[range]),
  /** From when to when, in seconds since 1970. A young history fills at least a fifth of the range. */
  window: () => zoom ?? [Math.min(Math.max(first, last - SPANS[range]), last - SPANS[range] / 5), last],
  /** When the history that is looked at begins. */
  begin(at) {
    first = (at ?? last * 1000) / 1000
  },
  /** The moment of the newest reading: the right edge. */
  reach(at) {
    last = at / 1000
  },
  choose(next) {
    if (!(next in SPANS)) return
    range = next
    zoom = undefined
    for (const tell of zoomed) tell()
  },
  /** Shows the seconds between `from` and `to`; without them the whole range again. */
  zoom(from, to) {
    zoom = from === undefined || to - from < 2 ? undefined : [from, to]
    for (const tell of zoomed) tell()
  },
  onChange: (tell) => void zoomed.add(tell),
  onTheme: (tell) => void themed.add(tell),
  theme() {
    return document.documentElement.dataset.theme ?? 'auto'
  },
  /** `auto`, `light` or `dark`; remembered in this browser. */
  setTheme(theme) {
    document.documentElement.dataset.theme = theme
    try {
      localStorage.setItem('tps-theme', theme)
    } catch {
      // Storage is forbidden: the choice lasts until the page is closed.
    }
    for (const tell of themed) tell()
  },
}
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  for (const tell of themed) tell()
})
