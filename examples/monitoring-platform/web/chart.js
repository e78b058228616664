// The chart: uPlot draws, and around it stand a legend, a sentence and a table that say the same in words.
import uPlot from '/page/uPlot.esm.js'
import { h, keyed, setAttribute, setText } from '/page/dom.js'
import { clock, sample } from '/page/format.js'
import { view } from '/page/view.js'

const SHADES = ['--blue', '--orange', '--violet', '--teal', '--rose', '--slate']
const DASHES = { solid: [], dashed: [7, 4] }
const HEIGHT = 300
const TABLE_ROWS = 12
/** With fewer pixels than this for each, points are a line without dots. */
const DOT_ROOM = 12
/** How far apart the times on the axis may be, in s. */
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 43_200, 86_400]
const DAY_MS = 86_400_000

const probe = h('span', { class: 'hidden-text' })
document.documentElement.append(probe)
const resolved = new Map()

/** The colour behind a custom property, as a canvas wants it. */
function color(name) {
  let value = resolved.get(name)
  if (value === undefined) {
    probe.style.color = `var(${name})`
    resolved.set(name, (value = getComputedStyle(probe).color))
  }
  return value
}

/** Time of day, with the day where a range has several. */
function moment(ms, spanMs) {
  const day = spanMs > DAY_MS ? `${new Date(ms).toLocaleDateString('en', { month: 'short', day: 'numeric' })} ` : ''
  return day + clock(ms, spanMs <= 600_000)
}

/**
 * The chart of what is chosen. `draw(lines, thresholds)`: lines are `{ key, at, values }`, thresholds
 * `{ label, value, tone }`; `onZoom(from, to)` in ms when somebody drags over it.
 */
export function makeChart({ onZoom }) {
  const host = h('div', { class: 'plot', role: 'img', 'aria-label': 'No series is chosen.', vars: { '--height': `${HEIGHT}px` } })
  const legend = h('ul', { class: 'legend' })
  const marks = h('ul', { class: 'legend quiet' })
  const head = h('tr')
  const body = h('tbody')
  const table = h('details', { class: 'numbers' }, h('summary', { text: 'Numbers' }), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Samples, numbers' }, h('table', {}, h('caption', { class: 'hidden-text', text: 'Samples' }), h('thead', {}, head), body)))
  const element = h('div', { class: 'chart' }, host, legend, marks, table)
  /** Which look a series has. It keeps it while others come and go. */
  const places = new Map()
  let plot
  let shape = ''
  let lines = []
  let thresholds = []
  let data = [[]]

  const placeOf = (key) => {
    for (const each of places.keys()) if (!lines.some(({ key: other }) => other === each)) places.delete(each)
    if (!places.has(key)) {
      let free = 0
      while ([...places.values()].includes(free)) free++
      places.set(key, free)
    }
    return places.get(key)
  }
  const lookOf = (key) => ({ shade: SHADES[placeOf(key) % SHADES.length], dash: placeOf(key) < SHADES.length ? 'solid' : 'dashed' })
  const spanMs = () => view.window()[1] - view.window()[0]

  const make = () => {
    plot?.destroy()
    const axis = { stroke: () => color('--quiet'), grid: { stroke: () => color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' }
    plot = new uPlot(
      {
        width: Math.max(120, host.clientWidth),
        height: HEIGHT,
        padding: [8, 26, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        series: [{}, ...lines.map(({ key }) => curve(key, lookOf(key)))],
        axes: [
          { ...axis, space: 72, size: 26, incrs: SECONDS, values: (_, seconds) => seconds.map((second) => moment(second * 1000, spanMs())) },
          { ...axis, size: (_, values) => Math.max(34, 12 + 7 * Math.max(0, ...(values ?? []).map((text) => text.length))), values: (_, ticks) => ticks.map((tick) => sample(tick)) },
        ],
        scales: { x: { range: () => view.window().map((ms) => ms / 1000) }, y: { range: (_, min, max) => scaleOf(min, max) } },
        hooks: { drawClear: [drawThresholds], setSelect: [select], setCursor: [({ cursor }) => point(cursor.idx)] },
      },
      data,
      host,
    )
  }

  const scaleOf = (min, max) => {
    const levels = thresholds.map(({ value }) => value)
    const low = Math.min(0, min ?? 0, ...levels)
    const high = Math.max(max ?? 0, ...levels)
    const room = (high - low || 1) * 0.08
    return [low < 0 ? low - room : 0, high + room]
  }

  const drawThresholds = (self) => {
    const { ctx, bbox } = self
    ctx.save()
    for (const { value, tone } of thresholds) {
      const y = self.valToPos(value, 'y', true)
      ctx.strokeStyle = color(`--${tone}`)
      ctx.lineWidth = 1.5 * devicePixelRatio
      ctx.setLineDash([6, 4].map((length) => length * devicePixelRatio))
      ctx.beginPath()
      ctx.moveTo(bbox.left, y)
      ctx.lineTo(bbox.left + bbox.width, y)
      ctx.stroke()
    }
    ctx.restore()
  }

  const select = (self) => {
    const { left, width } = self.select
    if (width < 6) return
    const [from, to] = [left, left + width].map((place) => self.posToVal(place, 'x') * 1000)
    self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
    if (to - from >= 1_000) onZoom(from, to)
  }

  const updateLegend = keyed(
    legend,
    ({ key }) => key,
    ({ key }) => {
      const swatch = h('span', { class: 'swatch' })
      const value = h('b', { text: '–' })
      const remove = h('button', { class: 'remove', type: 'button', 'aria-label': `Remove ${key}`, text: '×', on: { click: () => view.toggle(key, false) } })
      return {
        element: h('li', { 'data-key': key }, swatch, `${key} `, value, remove),
        update: ({ text, look: { shade, dash } }) => {
          swatch.dataset.dash = dash
          swatch.style.setProperty('--shade', `var(${shade})`)
          setText(value, text)
        },
      }
    },
  )
  const updateMarks = keyed(
    marks,
    ({ label }) => label,
    ({ label }) => {
      const swatch = h('span', { class: 'swatch', 'data-dash': 'dashed' })
      return { element: h('li', {}, swatch, label), update: ({ tone }) => swatch.style.setProperty('--shade', `var(--${tone})`) }
    },
  )

  /** Shows in the legend what the cursor is on, or the latest values. */
  const point = (index) => {
    updateLegend(
      lines.map(({ key, values }, place) => {
        const pointed = typeof index === 'number' ? data[place + 1]?.[index] : undefined
        return { key, text: sample(typeof pointed === 'number' ? pointed : values.at(-1)), look: lookOf(key) }
      }),
    )
  }

  const fill = () => {
    if (!table.open) return
    head.replaceChildren(h('th', { scope: 'col', text: 'time' }), ...lines.map(({ key }) => h('th', { scope: 'col', text: key })))
    const [seconds, ...columns] = data
    const every = Math.max(1, Math.ceil(seconds.length / TABLE_ROWS))
    const rows = []
    for (let index = seconds.length - 1; index >= 0; index -= every) {
      const cells = columns.map((column) => h('td', { text: typeof column[index] === 'number' ? sample(column[index]) : '–' }))
      rows.push(h('tr', {}, h('th', { scope: 'row', text: clock(seconds[index] * 1000) }), cells))
    }
    body.replaceChildren(...rows)
  }
  table.addEventListener('toggle', fill)

  const draw = (next, levels) => {
    lines = next
    thresholds = levels
    data = lines.length === 0 ? [[]] : uPlot.join(lines.map(withGaps))
    if (host.clientWidth === 0) return
    const wanted = JSON.stringify(lines.map(({ key }) => [key, placeOf(key)]))
    if (!plot || wanted !== shape) {
      shape = wanted
      make()
    } else plot.setData(data)
    point(plot.cursor.idx)
    updateMarks(thresholds)
    setAttribute(host, 'aria-label', inWords(lines, thresholds))
    fill()
  }

  new ResizeObserver(() => plot && host.clientWidth > 0 && plot.setSize({ width: host.clientWidth, height: HEIGHT })).observe(host)
  return {
    element,
    width: () => host.clientWidth || 800,
    draw,
    /** The colours are other ones. */
    recolor() {
      resolved.clear()
      plot?.redraw(false)
    },
  }
}

function curve(label, { shade, dash }) {
  return { label, width: 2, stroke: () => color(shade), dash: DASHES[dash], points: { show: true, size: 5, fill: () => color(shade), filter: dots } }
}

/** Which points are drawn as dots: all of a few, and of many those that no line leads to or from. */
function dots({ data, width }, series) {
  const column = data[series]
  const places = []
  for (const [place, value] of column.entries()) if (value !== undefined) places.push(place)
  const shown = places.filter((place) => column[place] !== null)
  if (shown.length <= width / DOT_ROOM) return shown
  return places.filter((place, index) => column[place] !== null && typeof column[places[index - 1]] !== 'number' && typeof column[places[index + 1]] !== 'number')
}

/** In seconds, with nothing where nothing came: after ten times as long as points are usually apart. */
function withGaps({ at, values }) {
  const apart = at.slice(1).map((ms, index) => ms - at[index]).sort((a, b) => a - b)
  const most = Math.max(10_000, 10 * (apart[Math.floor(apart.length / 2)] ?? 0))
  const seconds = []
  const shown = []
  for (const [index, ms] of at.entries()) {
    if (index > 0 && ms - at[index - 1] > most) {
      seconds.push((at[index - 1] + 1) / 1000)
      shown.push(null)
    }
    // Of the same moment the last one is drawn.
    if (seconds.at(-1) === ms / 1000) shown[shown.length - 1] = values[index]
    else {
      seconds.push(ms / 1000)
      shown.push(values[index])
    }
  }
  return [seconds, shown]
}

/** What is drawn, for those who don't see it. */
function inWords(lines, thresholds) {
  if (lines.length === 0) return 'No series is chosen.'
  const says = lines.map(({ key, values }) => {
    if (values.length === 0) return `${key}: no value in this range`
    const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity])
    return `${key}: last ${sample(values.at(-1))}, lowest ${sample(low)}, highest ${sample(high)}`
  })
  return `${[...says, ...thresholds.map(({ label }) => `threshold of ${label}`)].join('; ')}.`
}
