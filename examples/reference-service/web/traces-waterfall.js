// The picture of a trace: a row for each span, its bar where and as long as it took. A tree that the keyboard walks.
import { h, setAttribute, setText, setVars } from '/board/dom.js'
import { duration } from '/board/format.js'

const TICKS = 4

/**
 * `select(id, focus)` looks at a span, `zoom(id)` shows its time only, `zoom()` all of it. `onSelect` is told which span is
 * looked at.
 */
export function waterfall(trace, { colourOf, onSelect }) {
  const total = Math.max(0.001, ...trace.spans.map(({ start_ms, duration_ms }) => start_ms + duration_ms))
  const announcer = document.getElementById('announcer')
  let view = { from: 0, length: total }
  let selected
  const closed = new Set()

  const scale = h('ol', { 'aria-hidden': 'true' }, ...ticks().map(() => h('li')))
  const lines = h('div', { class: 'lines', 'aria-hidden': 'true' }, ...ticks().map((at) => h('i', { vars: { '--at': at } })))
  const tree = h('div', { role: 'tree', 'aria-label': 'Spans, by the time they took' })
  const field = h('div', { class: 'waterfall', 'data-critical': true }, h('div', { class: 'scale' }, h('span'), scale), lines, tree)
  const all = h('button', { class: 'button', type: 'button', text: 'Show all', hidden: true, on: { click: () => zoom() } })
  const critical = h('input', { type: 'checkbox', checked: true, on: { change: () => setAttribute(field, 'data-critical', critical.checked ? '' : null) } })
  const services = [...new Set(trace.spans.map(({ service }) => service))]
  const element = h(
    'div',
    {},
    h(
      'div',
      { class: 'tools' },
      h('ul', { class: 'legend', 'aria-label': 'Services' }, ...services.map((service) => h('li', { 'data-colour': colourOf(service) }, h('span', { class: 'swatch', 'aria-hidden': 'true' }), service))),
      h('label', { class: 'small' }, critical, ' critical path'),
      all,
    ),
    field,
    h('p', { class: 'quiet small', text: 'Arrow keys walk through the spans and open and close them; Z zooms to one, Escape shows all.' }),
  )

  const rows = trace.spans.map((span, index) => {
    const isParent = trace.spans[index + 1]?.depth > span.depth
    const parts = [
      h('div', { class: 'bar', 'data-place': place(span.start_ms, span.start_ms + span.duration_ms) }),
      ...span.critical.map(({ from_ms, to_ms }) => h('div', { class: 'critical', 'data-place': place(from_ms, to_ms) })),
      ...span.events.map(({ name, at_ms }) => h('div', { class: 'event', title: name, 'data-place': place(at_ms, at_ms) })),
    ]
    const row = h(
      'div',
      {
        class: 'span',
        role: 'treeitem',
        tabindex: '-1',
        'aria-level': span.depth + 1,
        'aria-expanded': isParent ? 'true' : undefined,
        'aria-selected': 'false',
        'aria-label': labelOf(span),
        'data-colour': colourOf(span.service),
        'data-error': span.error,
        'data-span': span.span_id,
        vars: { '--depth': span.depth },
        on: { click: () => select(span.span_id, true) },
      },
      h(
        'div',
        { class: 'name' },
        isParent ? h('button', { class: 'toggle', type: 'button', tabindex: '-1', 'aria-hidden': 'true', on: { click: (event) => (event.stopPropagation(), toggle(index)) } }) : h('span', { class: 'leaf' }),
        h('span', { class: 'swatch', 'aria-hidden': 'true' }),
        h('b', { title: span.name, text: span.name }),
        h('span', { class: 'took', text: duration(span.duration_ms) }),
      ),
      h('div', { class: 'time' }, ...parts),
    )
    return { span, row, parts, isParent }
  })
  tree.append(...rows.map(({ row }) => row))
  tree.addEventListener('keydown', onKey)
  draw()

  function draw() {
    for (const { parts } of rows)
      for (const part of parts) {
        const [from, to] = part.dataset.place.split(' ').map(Number)
        setVars(part, { '--from': (from - view.from) / view.length, '--length': (to - from) / view.length })
      }
    for (const [index, tick] of [...scale.children].entries()) {
      const at = ticks()[index]
      setVars(tick, { '--at': at })
      setText(tick, duration(view.from + at * view.length))
    }
    all.hidden = view.length === total
  }

  function zoom(id) {
    const span = trace.spans.find(({ span_id }) => span_id === id)
    view = span ? { from: span.start_ms, length: Math.max(0.001, span.duration_ms) } : { from: 0, length: total }
    draw()
    setText(announcer, span ? `Zoomed to ${span.name}.` : 'All of the trace is shown.')
  }

  function select(id, focus = false) {
    const next = rows.find(({ span }) => span.span_id === id)
    if (!next) return
    reveal(next)
    for (const each of rows) {
      setAttribute(each.row, 'aria-selected', String(each === next))
      setAttribute(each.row, 'tabindex', each === next ? '0' : '-1')
    }
    selected = next
    if (focus) next.row.focus()
    onSelect(next.span)
  }

  /** Opens whatever the span is in. */
  function reveal(next) {
    let depth = next.span.depth
    for (let index = rows.indexOf(next); index >= 0; index--) {
      const { span } = rows[index]
      if (span.depth >= depth) continue
      depth = span.depth
      closed.delete(span.span_id)
    }
    refold()
  }

  function toggle(index) {
    const { span } = rows[index]
    if (!closed.delete(span.span_id)) closed.add(span.span_id)
    refold()
    if (selected?.row.hidden) select(span.span_id, true)
  }

  function refold() {
    let hiddenBelow = Infinity
    for (const { span, row, isParent } of rows) {
      if (span.depth <= hiddenBelow) hiddenBelow = Infinity
      row.hidden = hiddenBelow < Infinity
      if (!isParent) continue
      const isClosed = closed.has(span.span_id)
      setAttribute(row, 'aria-expanded', String(!isClosed))
      if (isClosed && hiddenBelow === Infinity) hiddenBelow = span.depth
    }
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const shown = rows.filter(({ row }) => !row.hidden)
    const at = shown.indexOf(selected)
    const index = rows.indexOf(selected)
    const isOpen = selected?.isParent && !closed.has(selected.span.span_id)
    const go = (next) => next && select(next.span.span_id, true)
    const keys = {
      ArrowDown: () => go(shown[at + 1]),
      ArrowUp: () => go(shown[at - 1]),
      Home: () => go(shown[0]),
      End: () => go(shown.at(-1)),
      ArrowRight: () => (selected?.isParent && !isOpen ? toggle(index) : isOpen && go(rows[index + 1])),
      ArrowLeft: () => (isOpen ? toggle(index) : go(rows.slice(0, index).findLast(({ span }) => span.depth < selected.span.depth))),
      Enter: () => go(selected),
      ' ': () => go(selected),
      z: () => zoom(selected?.span.span_id),
      Escape: () => zoom(),
    }
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }

  return { element, select, zoom }
}

const place = (from, to) => `${from} ${to}`
const ticks = () => Array.from({ length: TICKS + 1 }, (_, index) => index / TICKS)

function labelOf({ name, service, start_ms, duration_ms, error, message, critical, events }) {
  const parts = [`${name}, ${service}`, `${duration(duration_ms)}, begins after ${duration(start_ms)}`]
  if (error) parts.push(`failed${message ? `: ${message}` : ''}`)
  if (critical.length > 0) parts.push('on the critical path')
  if (events.length > 0) parts.push(`events: ${events.map((event) => event.name).join(', ')}`)
  return parts.join('; ')
}
