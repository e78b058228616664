// Charts over time: uPlot draws, and around it stand a legend, a sentence and a table that say the same in words.
import uPlot from '/board/uPlot.esm.js'
import { h, setAttribute, setText } from '/board/dom.js'
import { clock } from '/board/format.js'
import { view } from '/board/view.js'

const probe = h('span', { class: 'hidden-text' })
document.documentElement.append(probe)
const resolved = new Map()

/** The colour behind a custom property, as a canvas wants it. */
export function color(name) {
  let value = resolved.get(name)
  if (value === undefined) {
    probe.style.color = `var(${name})`
    resolved.set(name, (value = getComputedStyle(probe).color))
  }
  return value
}

const charts = new Set()
view.onTheme(() => {
  resolved.clear()
  for (const chart of charts) chart.redraw(false)
})

const DASHES = { solid: [], dashed: [7, 4], dotted: [2, 3], long: [12, 4] }
const SYNC = uPlot.sync('boards')
const TABLE_ROWS = 12
/** How far apart the times on the axis may be. */
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600]

/**
 * A chart of `series` over the range of the view.
 * `series`: `{ key, label, shade, dash?, width?, fill?, step?, dots?, format? }`; `key` names a column.
 * `bands` and `lines` are drawn behind: `{ from, to, shade, label }` and `{ at, shade, label }`, numbers or functions.
 * `window` gives the seconds from when to when, by default those of the view.
 * `states`: `{ 0: 'closed', 1: 'open' }` writes words on the axis instead of numbers.
 */
export function lineChart({ name, series, format, height = 190, atLeast = 1, bands = [], lines = [], states, window = view.window, small = false }) {
  const host = h('div', { class: 'plot', role: 'img', vars: { '--height': `${height}px` } })
  const keys = series.map(legendKey)
  const legend = h('ul', { class: 'legend' }, keys.map(({ element }) => element))
  const marks = [...bands, ...lines].filter(({ label }) => label)
  for (const { label, shade, at } of marks) legend.append(markKey(label, shade, at === undefined))
  const body = h('tbody')
  const table = h('details', { class: 'numbers' }, h('summary', { text: 'Numbers' }), h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': `${name}, numbers` }, h('table', {}, h('caption', { class: 'hidden-text', text: name }), h('thead', {}, h('tr', {}, h('th', { scope: 'col', text: 'time' }), series.map(({ label }) => h('th', { scope: 'col', text: label })))), body)))
  const element = h('div', { class: 'chart', 'data-small': small }, host, ...(small ? [] : [legend, table]))
  const value = (number, each) => (states ? (states[number] ?? '–') : (each.format ?? format)(number))
  let chart
  let drawn

  const make = () => {
    const axis = { stroke: () => color('--quiet'), grid: { stroke: () => color('--line'), width: 1 }, ticks: { show: false }, font: '12px system-ui, sans-serif' }
    chart = new uPlot(
      {
        width: Math.max(120, host.clientWidth),
        height,
        padding: small ? [2, 0, 2, 0] : [8, 26, 0, 0],
        legend: { show: false },
        cursor: { y: false, sync: { key: SYNC.key }, drag: { x: true, y: false, setScale: false }, points: { size: 7 } },
        series: [{}, ...series.map((each) => curve(each))],
        axes: small ? [{ show: false }, { show: false }] : [
          { ...axis, space: 64, size: 26, incrs: SECONDS, values: (_, seconds) => seconds.map((second) => clock(second * 1000, window()[1] - window()[0] <= 300)) },
          { ...axis, size: (self, values) => Math.max(34, 12 + 7 * Math.max(0, ...(values ?? []).map((text) => text.length))), values: (_, ticks) => ticks.map((tick) => (states ? (states[tick] ?? '') : format(tick))), ...(states && { splits: () => Object.keys(states).map(Number) }) },
        ],
        scales: {
          x: { range: () => window() },
          y: { range: (_, min, max) => scaleOf(min, max) },
        },
        hooks: {
          drawClear: [drawBehind],
          setSelect: [select],
          setCursor: [(self) => point(self.cursor.idx)],
        },
      },
      [[], ...series.map(() => [])],
      host,
    )
    new ResizeObserver(() => host.clientWidth > 0 && chart.setSize({ width: host.clientWidth, height })).observe(host)
  }

  const scaleOf = (min, max) => {
    if (states) return [-0.25, Math.max(...Object.keys(states).map(Number)) + 0.25]
    const top = Math.max(read(atLeast), (max ?? 0) * 1.08, ...lines.map(({ at, keep }) => (keep ? read(at) * 1.08 : 0)))
    return [Math.min(0, (min ?? 0) * 1.08), top]
  }

  const drawBehind = (self) => {
    const { ctx, bbox } = self
    ctx.save()
    for (const { from, to, shade } of bands) {
      const top = self.valToPos(Math.min(read(to), self.scales.y.max), 'y', true)
      const bottom = self.valToPos(Math.max(read(from), self.scales.y.min), 'y', true)
      if (bottom <= top) continue
      ctx.globalAlpha = 0.13
      ctx.fillStyle = color(shade)
      ctx.fillRect(bbox.left, top, bbox.width, bottom - top)
    }
    ctx.globalAlpha = 1
    for (const { at, shade } of lines) {
      if (read(at) > self.scales.y.max) continue
      const y = self.valToPos(read(at), 'y', true)
      ctx.strokeStyle = color(shade)
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
    self.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false)
    view.zoom(self.posToVal(left, 'x'), self.posToVal(left + width, 'x'))
  }

  /** Shows in the legend what the cursor is on, or the latest values. */
  const point = (index) => {
    if (!drawn) return
    const at = index ?? drawn.at.length - 1
    for (const [place, { value: cell }] of keys.entries()) setText(cell, value(drawn.columns[place]?.[at] ?? null, series[place]))
  }

  const redraw = (isNew = true) => {
    if (!chart || !drawn) return
    if (isNew) chart.setData([drawn.seconds, ...drawn.columns])
    else chart.redraw(true, true)
  }
  const self = { redraw }
  charts.add(self)
  table.addEventListener('toggle', () => drawn && fill())

  const fill = () => {
    if (!table.open) return
    const every = Math.max(1, Math.ceil(drawn.at.length / TABLE_ROWS))
    const rows = drawn.at.map((_, index) => index).filter((index) => (drawn.at.length - 1 - index) % every === 0)
    body.replaceChildren(...rows.toReversed().map((index) => h('tr', {}, h('th', { scope: 'row', text: clock(drawn.at[index]) }), series.map((each, place) => h('td', { text: value(drawn.columns[place][index] ?? null, each) })))))
  }

  return {
    element,
    /** Draws the columns of the history. */
    draw({ at, values }) {
      if (host.clientWidth === 0) return
      if (!chart) make()
      drawn = { at, seconds: at.map((ms) => ms / 1000), columns: series.map(({ key }) => values[key] ?? []) }
      redraw()
      point(chart.cursor.idx ?? null)
      setAttribute(host, 'aria-label', `${name}. ${series.map((each, place) => inWords(each, drawn.columns[place], (number) => value(number, each))).join('; ')}.`)
      fill()
    },
  }
}

const read = (value) => (typeof value === 'function' ? value() : value)

function curve({ label, shade, dash = 'solid', width = 2, fill, step, dots }) {
  if (dots) {
    const stroke = () => color(shade)
    return { label, stroke, width: 0, paths: () => null, points: { show: true, size: dots === 'ring' ? 8 : 9, width: 2, stroke, fill: dots === 'ring' ? 'transparent' : stroke } }
  }
  return {
    label,
    width,
    stroke: () => color(shade),
    dash: DASHES[dash],
    points: { show: false },
    ...(fill && { fill: () => color(shade).replace(/^rgb\((.*)\)$/, 'rgba($1, 0.14)') }),
    ...(step && { paths: uPlot.paths.stepped({ align: 1 }) }),
  }
}

/** A line of the legend: how the curve is drawn, what it is, its value. */
function legendKey({ label, shade, dash = 'solid', dots }) {
  const cell = h('b', { text: '–' })
  const swatch = h('span', { class: 'swatch', 'data-dash': dash, 'data-dots': dots, vars: { '--shade': `var(${shade})` } })
  return { element: h('li', {}, swatch, `${label} `, cell), value: cell }
}

function markKey(label, shade, isBand) {
  return h('li', { class: 'quiet' }, h('span', { class: isBand ? 'swatch band' : 'swatch', 'data-dash': 'dashed', vars: { '--shade': `var(${shade})` } }), label)
}

/** What a curve shows, for those who don't see it. */
function inWords({ label }, column, write) {
  const known = column.filter((value) => typeof value === 'number')
  if (known.length === 0) return `${label}: no value yet`
  return `${label}: now ${write(column.at(-1) ?? null)}, lowest ${write(Math.min(...known))}, highest ${write(Math.max(...known))}`
}
