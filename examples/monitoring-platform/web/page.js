// The page: the lamp, the five components, the samples, the alerts and rules, and what keeps them up to date.
import { alertTable, eventList, ruleTable, thresholdsOf } from '/page/alerts.js'
import { ask, poll } from '/page/api.js'
import { picker } from '/page/catalog.js'
import { makeChart } from '/page/chart.js'
import { components } from '/page/components.js'
import { h, setText } from '/page/dom.js'
import { clock, duration, plural } from '/page/format.js'
import { seriesOf } from '/page/key.js'
import { samples } from '/page/samples.js'
import { AGGREGATES, SPANS, view } from '/page/view.js'

const LAMPS = { green: 'All is well', yellow: 'Look at it', red: 'It needs somebody', unknown: 'No connection' }
const POLL_MS = 1_000
const byId = (id) => document.getElementById(id)

let rules = []
let isDrawn = true

const chart = makeChart({ onZoom: (from, to) => view.custom(from, to) })
byId('chart').append(chart.element)
const kept = samples({
  pixels: chart.width,
  onChange: () => (isDrawn = false),
  onTrouble: (text) => {
    setText(byId('trouble'), text)
    byId('trouble').hidden = text === ''
  },
})
const list = picker({ search: byId('search'), host: byId('series'), says: byId('series-says') })
const showComponents = components(byId('components'))
const alerts = alertTable()
const ruleRows = ruleTable()
const events = eventList()
byId('alerts').append(alerts.element)
byId('rules').append(ruleRows.element)
byId('events').append(events.element)

/** Draws when there is something new, at most once a frame. */
function draw() {
  if (!isDrawn) {
    isDrawn = true
    const lines = view.keys.map((key) => ({ key, ...kept.of(key) }))
    chart.draw(lines, thresholdsOf(rules, new Set(view.keys.map((key) => seriesOf(key).name))))
    const [from, to] = view.window()
    const range = view.isLive ? 'now' : `${new Date(from).toLocaleString('en')} to ${new Date(to).toLocaleString('en')}`
    setText(byId('resolution'), view.keys.length === 0 ? '' : `${AGGREGATES[view.aggregate]} of each ${duration(kept.stepMs)}, ${range}`)
  }
  requestAnimationFrame(draw)
}

/** Says what to do when there is nothing to see. */
function showEmpty(total) {
  const isEmpty = view.keys.length === 0
  byId('empty').hidden = !isEmpty
  byId('chart').hidden = isEmpty
  setText(byId('empty-says'), total === 0 ? 'No sample has come yet. Type this in a terminal:' : 'Choose a series from the list, or send another one:')
  setText(byId('empty-line'), `curl -X POST ${location.origin}/metrics -H "Content-Type: application/json" -d '{"name":"cpu_usage","value":85}'`)
}

/** The lamp over everything. A change is read out. */
function showLamp(lamp, why) {
  const before = byId('lamp').dataset.lamp
  byId('lamp').dataset.lamp = lamp
  setText(byId('lamp-name'), LAMPS[lamp])
  setText(byId('lamp-why'), why)
  if (before === lamp) return
  setText(byId('announcer'), `${LAMPS[lamp]}: ${why}`)
  document.title = lamp === 'green' ? 'Monitoring platform' : `${LAMPS[lamp]} · Monitoring platform`
}

function showConnection(connection, text) {
  byId('connection').dataset.connection = connection
  setText(byId('connection'), text)
}

async function readAlerts() {
  const [ruled, active, past] = await Promise.all([ask('/rules'), ask('/alerts'), ask('/alerts/history?limit=50')])
  rules = ruled.rules
  isDrawn = false
  ruleRows.set(rules)
  alerts.set(active.alerts)
  events.set(past.events, rules)
  setText(byId('rules-file'), ruled.error ? `The file can't be used, the rules before it hold: ${ruled.error}` : (ruled.file ?? 'those that come with the platform'))
  const { now, until, next } = active.onCall ?? {}
  const held = active.silences.length === 0 ? '' : `${plural(active.silences.length, 'silence')}. `
  setText(byId('on-call'), held + (now ? `${now} is on call${until ? ` until ${clock(until, false)}, then ${next}` : ''}.` : ''))
  return active.alerts
}

function judge(active, isStoring) {
  if (!isStoring) return showLamp('red', 'nothing can be stored: samples are refused')
  const names = (some) => [...new Set(some.map(({ rule }) => rule))].join(', ')
  const [firing, pending] = ['firing', 'pending'].map((wanted) => active.filter(({ state }) => state === wanted))
  if (firing.length > 0) {
    const lamp = firing.some(({ severity }) => severity === 'red') ? 'red' : 'yellow'
    return showLamp(lamp, `${plural(firing.length, 'alert')} firing: ${names(firing)}`)
  }
  if (pending.length > 0) return showLamp('yellow', `${plural(pending.length, 'alert')} pending: ${names(pending)}`)
  return showLamp('green', 'no alert fires, and samples are stored')
}

let hasBegun = false
poll(async () => {
  try {
    const [status, isStoring] = await Promise.all([ask('/status'), fetch('/health').then(({ ok }) => ok)])
    showComponents(status)
    const total = status.series
    await list.setTotal(total)
    const active = status.alerting ? await readAlerts() : []
    // What comes first is shown without being asked for, and not again once somebody has chosen.
    const [first] = list.keys()
    if (!hasBegun && first !== undefined) {
      hasBegun = true
      if (view.keys.length === 0) view.toggle(first, true)
    }
    showEmpty(total)
    showConnection('live', 'live')
    judge(active, isStoring)
  } catch (error) {
    showConnection('lost', 'connection lost, trying again')
    showLamp('unknown', `what you see is old (${error.message})`)
  }
}, POLL_MS)
setInterval(() => {
  kept.refresh()
  if (view.isLive) isDrawn = false
}, 1_000)
requestAnimationFrame(draw)

// The range, what is made of a step, and the theme.
const NAMES = { '5m': '5 min', '1h': '1 h', '6h': '6 h', '24h': '24 h', custom: 'Custom' }
const inputs = [...Object.keys(SPANS), 'custom'].map((range) => {
  const input = h('input', { type: 'radio', name: 'range', value: range })
  input.addEventListener('change', () => (range === 'custom' ? view.custom(...view.window()) : view.choose(range)))
  byId('ranges').append(h('label', {}, input, h('span', { text: NAMES[range] })))
  return input
})
byId('aggregate').append(...Object.entries(AGGREGATES).map(([value, text]) => h('option', { value, text })))
byId('aggregate').addEventListener('change', ({ target }) => view.make(target.value))
byId('pause').addEventListener('click', () => (view.isLive ? view.custom(...view.window()) : view.choose('5m')))
byId('custom').addEventListener('submit', (event) => {
  event.preventDefault()
  const [from, to] = [new Date(byId('from').value).getTime(), new Date(byId('to').value).getTime()]
  byId('to').setCustomValidity(from < to ? '' : 'The end must be after the beginning.')
  if (byId('custom').reportValidity()) view.custom(from, to)
})
byId('to').addEventListener('input', () => byId('to').setCustomValidity(''))

/** Local time as `datetime-local` wants it. */
const local = (ms) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19)

function showView() {
  for (const input of inputs) input.checked = input.value === view.range
  byId('aggregate').value = view.aggregate
  byId('custom').hidden = view.isLive
  setText(byId('pause'), view.isLive ? 'Pause' : 'Back to live')
  if (!view.isLive) {
    const [from, to] = view.window()
    byId('from').value = local(from)
    byId('to').value = local(to)
  }
  isDrawn = false
  byId('empty').hidden = view.keys.length > 0
  byId('chart').hidden = view.keys.length === 0
}
view.onChange(showView)
showView()

const THEMES = { auto: 'light', light: 'dark', dark: 'auto' }
const themeNow = () => document.documentElement.dataset.theme
const showTheme = () => setText(byId('theme'), `Theme: ${themeNow()}`)
byId('theme').addEventListener('click', () => {
  document.documentElement.dataset.theme = THEMES[themeNow()] ?? 'auto'
  try {
    localStorage.setItem('tps-theme', themeNow())
  } catch {
    // Storage is forbidden: the choice lasts until the page is closed.
  }
  showTheme()
  chart.recolor()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.recolor())
showTheme()
