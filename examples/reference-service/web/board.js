// The shell: the andon at the top, the tabs, and the stream that feeds the board that is open.
import { andon } from '/board/andon.js'
import { h, setAttribute, setText, sign } from '/board/dom.js'
import { heijunka } from '/board/heijunka.js'
import { jidoka } from '/board/jidoka.js'
import { kaizen } from '/board/kaizen.js'
import { kanban } from '/board/kanban.js'
import { follow } from '/board/live.js'
import { overview } from '/board/overview.js'
import { tabs } from '/board/tabs.js'
import { tracing } from '/board/tracing.js'
import { view } from '/board/view.js'

const LAMPS = { green: 'All is well', yellow: 'Look at it', red: 'The line has a problem', unknown: 'No connection' }
const CONNECTIONS = {
  live: 'live, once a second',
  lost: 'connection lost, trying again',
  silent: 'no reading for a while',
  waiting: 'connecting',
}
const byId = (id) => document.getElementById(id)

const boards = [overview, jidoka, kanban, andon, kaizen, heijunka, tracing].map(({ id, title, lead, make }) => {
  const board = make()
  const icon = sign('unknown')
  const heading = h('h2', { text: title })
  const panel = h('section', { id: `board-${id}` }, h('header', { class: 'board-head' }, heading, h('p', { text: lead })), board.element)
  return { id, title, panel, icon, board }
})
byId('boards').append(...boards.map(({ panel }) => panel))

let latest
let columns
let rules = []
let connection = 'waiting'

const opened = tabs(byId('tabs'), boards, (entry) => {
  entry.board.opened?.()
  refresh()
})

/** Shows what is known on the board that is open. The others wait until they are opened. */
function refresh() {
  const { board } = opened()
  if (latest) board.show({ ...latest, rules })
  if (columns) board.draw?.(columns)
}

follow({
  onReading: (reading, live) => {
    latest = { reading, live }
    showLamp(reading.lamp, LAMPS[reading.lamp], reading.why)
    showTabs(reading)
    opened().board.show({ ...latest, rules })
  },
  onColumns: (next) => {
    columns = next
    view.begin(columns.at[0])
    opened().board.draw?.(columns)
  },
  onRules: (next) => (rules = next),
  onConnection: (next) => {
    if (next === connection) return
    connection = next
    setText(byId('connection'), CONNECTIONS[next])
    byId('connection').dataset.connection = next
    if (next !== 'live') showLamp('unknown', LAMPS.unknown, 'what you see is old')
  },
})

/** The lamp over everything. A change is read out; the reasons, which change more often, are not. */
function showLamp(lamp, name, why) {
  if (lamp !== 'unknown' && connection !== 'live') return
  const before = byId('lamp').dataset.lamp
  byId('lamp').dataset.lamp = lamp
  setText(byId('lamp-name'), name)
  setText(byId('lamp-why'), why)
  if (before === lamp) return
  setText(byId('announcer'), `Lamp ${lamp === 'unknown' ? 'unknown' : lamp}: ${name}, ${why}`)
  document.title = lamp === 'green' ? 'TPS reference line' : `${name} · TPS reference line`
}

/** A tab bears the sign of its station when that is not green. */
function showTabs({ line }) {
  const stations = new Map(line.board.stations.map(({ station, colour }) => [station, colour]))
  for (const { id, icon, title, tab } of boards) {
    const colour = stations.get(id) ?? 'green'
    icon.set(colour)
    setAttribute(tab, 'aria-label', colour === 'yellow' || colour === 'red' ? `${title}, lamp ${colour}` : null)
  }
}

for (const range of view.ranges) {
  const input = h('input', { type: 'radio', name: 'range', value: range, checked: range === view.range })
  input.addEventListener('change', () => view.choose(range))
  byId('ranges').append(h('label', {}, input, h('span', { text: { '5m': '5 min', '1h': '1 h', '6h': '6 h', '24h': '24 h' }[range] })))
}
byId('unzoom').addEventListener('click', () => view.zoom())
view.onChange(() => {
  byId('unzoom').hidden = !view.isZoomed
  if (columns) opened().board.draw?.(columns)
})

const THEMES = { auto: 'light', light: 'dark', dark: 'auto' }
const showTheme = () => setText(byId('theme'), `Theme: ${view.theme()}`)
byId('theme').addEventListener('click', () => {
  view.setTheme(THEMES[view.theme()] ?? 'auto')
  showTheme()
})
showTheme()
