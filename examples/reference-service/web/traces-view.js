// One trace: its facts, the waterfall, and the span that is looked at.
import { h, setText, state } from '/board/dom.js'
import { clock, duration, plural } from '/board/format.js'
import { waterfall } from '/board/traces-waterfall.js'

const TONES = { completed: 'green', rejected: 'yellow', invalid: 'yellow', failed: 'red', 'dead-lettered': 'red' }
/** A trace that is under way is asked for again. */
const AGAIN_MS = 1_000
const colours = new Map()
const MOST_COLOURS = 8
const WHERE = 8

export async function showTrace(main, id) {
  const response = await fetch(`/traces/${encodeURIComponent(id)}`, { headers: { accept: 'application/json' } })
  const trace = await response.json()
  if (!response.ok) throw new Error(trace.message)
  for (const { service } of trace.spans) if (!colours.has(service)) colours.set(service, colours.size % MOST_COLOURS)
  const title = trace.task ? `${trace.task}, ${duration(trace.duration_ms)}` : `Trace of ${duration(trace.duration_ms)}`
  setText(document.getElementById('title'), title)
  document.title = `${title} – trace ${trace.trace_id}`

  const details = h('aside', { class: 'card details', 'aria-label': 'Span', tabindex: '-1' })
  const picture = waterfall(trace, {
    colourOf: (service) => colours.get(service),
    onSelect: (span) => details.replaceChildren(...detailsOf(trace, span, picture)),
  })
  main.replaceChildren(
    h(
      'div',
      { class: 'stack' },
      facts(trace),
      h('div', { class: 'trace' }, h('section', { class: 'card fall', 'aria-label': 'Waterfall' }, picture.element), details, where(trace, picture)),
    ),
  )
  picture.select(trace.spans[0]?.span_id)
  if (trace.in_progress) setTimeout(() => void showTrace(main, id).catch(() => undefined), AGAIN_MS)
}

function facts(trace) {
  const tone = TONES[trace.status] ?? (trace.error ? 'red' : 'unknown')
  const signal = trace.signal_id && h('a', { class: 'mono', href: `/signal/${trace.signal_id}/status`, text: trace.signal_id })
  const rows = [
    ['Outcome', state(tone, trace.status ?? (trace.in_progress ? 'under way' : 'ended'))],
    ['Duration', duration(trace.duration_ms)],
    ['Started', clock(trace.timestamp)],
    ['Spans', plural(trace.spans.length, 'span') + (trace.dropped_spans > 0 ? `, ${trace.dropped_spans} left out` : '')],
    ['Trace id', h('span', { class: 'mono', text: trace.trace_id })],
    ...(signal ? [['Signal', signal]] : []),
  ]
  return h('dl', { class: 'card facts' }, ...rows.map(([name, value]) => h('div', {}, h('dt', { text: name }), h('dd', {}, value))))
}

/** Which spans took the time: the critical path by spans, the longest first. */
function where(trace, picture) {
  const rows = trace.spans
    .map((span) => ({ span, ms: span.critical.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0) }))
    .filter(({ ms }) => ms > 0)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, WHERE)
  const total = Math.max(0.001, trace.duration_ms)
  return h(
    'section',
    { class: 'card went' },
    h('h2', { text: 'Where the time went' }),
    h('p', { class: 'quiet small', text: 'The critical path, span by span: only what is on it makes the signal quicker when it gets quicker.' }),
    h(
      'ol',
      { class: 'where' },
      ...rows.map(({ span, ms }) =>
        h(
          'li',
          { 'data-colour': colours.get(span.service) },
          h('button', { class: 'link', type: 'button', text: span.name, on: { click: () => picture.select(span.span_id, true) } }),
          h('span', { text: duration(ms) }),
          h('div', { class: 'track', 'aria-hidden': 'true' }, h('div', { class: 'fill', vars: { '--ratio': ms / total } })),
        ),
      ),
    ),
  )
}

function detailsOf(trace, span, picture) {
  const critical = span.critical.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0)
  const times = [
    ['starts after', duration(span.start_ms)],
    ['duration', duration(span.duration_ms)],
    ['of it its own', duration(span.own_ms)],
    ['on the critical path', duration(critical)],
  ]
  const tags = [
    ['trace_id', trace.trace_id],
    ['span_id', span.span_id],
    ['parent_span_id', span.parent_span_id ?? 'none'],
    ['service.name', span.service],
    ['span.kind', span.kind],
    ...Object.entries(span.attributes).map(([name, value]) => [name, String(value)]),
  ]
  return [
    h('h2', { text: span.name }),
    span.error && h('p', { class: 'problem', text: span.message ?? 'It failed.' }),
    h('div', { class: 'tools' }, h('button', { class: 'button', type: 'button', text: 'Zoom to it', on: { click: () => picture.zoom(span.span_id) } })),
    pairs('Times', times),
    pairs('Tags', tags),
    ...(span.events.length > 0 ? [h('h3', { text: 'Events' }), ...span.events.map((event) => pairs(`${event.name}, after ${duration(event.at_ms)}`, Object.entries(event.attributes), 'h4'))] : []),
    ...(span.links.length > 0 ? [h('h3', { text: 'Links' }), ...span.links.map((link) => h('p', {}, h('a', { class: 'mono small', href: `/traces/${link.trace_id}`, text: link.trace_id })))] : []),
  ].filter(Boolean)
}

function pairs(title, rows, tag = 'h3') {
  const heading = h(tag, { class: tag === 'h4' ? 'small' : undefined, text: title })
  const table = rows.length > 0 && h('table', { class: 'pairs' }, h('caption', { class: 'hidden-text', text: title }), h('tbody', {}, ...rows.map(([name, value]) => h('tr', {}, h('th', { scope: 'row', text: name }), h('td', { text: String(value) })))))
  return h('div', {}, heading, table)
}
