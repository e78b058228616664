// Tracing: where the time of a single signal went.
import { h, setText, state } from '/board/dom.js'
import { ago, count, duration } from '/board/format.js'
import { bar, figure, panel, table } from '/board/panels.js'

export const tracing = { id: 'tracing', title: 'Tracing', lead: 'Metrics say that it is slow; a trace says where.', make }

const EVERY_MS = 3_000

function make() {
  let now = Date.now()
  let asked = 0
  let isAsking = false
  const kept = figure()
  const slowest = figure()
  const failed = figure()
  const status = h('p', { class: 'quiet small', role: 'status' })
  const form = filters(() => void ask(true))
  const rows = table({
    caption: 'Recent traces',
    keyOf: ({ trace_id }) => trace_id,
    empty: 'No trace fits. Send a signal, or loosen the filters.',
    columns: [
      { title: 'Trace', cell: ({ trace_id }, link) => link ?? h('a', { class: 'mono', href: `/traces/${trace_id}`, text: trace_id.slice(0, 16) }) },
      { title: 'Duration', cell: ({ duration_ms }, cell) => durationBar(duration_ms, cell) },
      { title: 'Outcome', cell: ({ error, status: name }, cell = state()) => (cell.set(error ? 'red' : 'green', name ?? (error ? 'failed' : 'completed')), cell) },
      { title: 'Started', cell: ({ timestamp }) => ago(timestamp, now) },
      { title: 'Spans', number: true, cell: ({ spans }) => count(Array.isArray(spans) ? spans.length : spans) },
    ],
  })
  let longest = 1
  const durationBar = (ms, cell) => {
    const part = cell ?? Object.assign(h('div', {}), { bar: bar({ name: '' }) })
    if (!cell) part.append(part.bar.element)
    part.bar.set({ name: duration(ms), ratio: ms / longest, text: '' })
    return part
  }

  /** Asks for the traces that fit. While the page is open, again every few seconds. */
  const ask = async (isNow) => {
    if (isAsking || (!isNow && performance.now() - asked < EVERY_MS)) return
    isAsking = true
    asked = performance.now()
    try {
      const response = await fetch(`/traces?${form.query()}`, { headers: { accept: 'application/json' } })
      if (!response.ok) throw new Error(response.status === 404 ? 'tracing is off' : `the service answered ${response.status}`)
      const { traces } = await response.json()
      longest = Math.max(1, ...traces.map(({ duration_ms }) => duration_ms))
      rows.set(traces)
      setText(status, `${traces.length} shown.`)
      showFigures(traces)
    } catch (error) {
      setText(status, `The traces can’t be read: ${error.message}.`)
    } finally {
      isAsking = false
    }
  }

  const showFigures = (traces) => {
    const [first] = traces.toSorted((a, b) => b.duration_ms - a.duration_ms)
    slowest.set(first ? { value: duration(first.duration_ms), note: 'the slowest of those shown' } : { value: '–', note: 'none shown' })
    const errors = traces.filter(({ error }) => error).length
    failed.set({ value: count(errors), word: `of ${traces.length} shown`, tone: errors > 0 ? 'red' : 'green', note: 'with a failed step' })
  }

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Traces kept', term: 'Recent traces', size: 4 }, kept.element),
    panel({ title: 'Slowest', term: 'Steps of the slowest', size: 4 }, slowest.element),
    panel({ title: 'With errors', term: 'Error rate', size: 4 }, failed.element),
    panel({ title: 'Recent traces', size: 12 }, form.element, status, rows.element),
  )
  return {
    element,
    show({ reading }) {
      now = reading.at
      kept.set({ value: count(reading.line.traces.kept), note: 'the last ones, in memory; slow and failed ones stay longer' })
      void ask(false)
    },
    opened: () => void ask(true),
  }
}

/** What to look for. */
function filters(onChange) {
  const least = h('input', { type: 'number', name: 'minDurationMs', min: '0', max: '600000', step: '10', placeholder: 'any', inputmode: 'numeric' })
  const id = h('input', { type: 'search', name: 'traceId', maxlength: '64', autocomplete: 'off', spellcheck: 'false', placeholder: 'paste an id' })
  const sort = h('select', { name: 'sort' }, h('option', { value: 'newest', text: 'newest first' }), h('option', { value: 'slowest', text: 'slowest first' }))
  const errors = h('input', { type: 'checkbox', name: 'error' })
  const open = h('button', { class: 'button', type: 'submit', text: 'Search' })
  const element = h('form', { class: 'form', role: 'search', 'aria-label': 'Traces' }, h('label', {}, 'At least, ms', least), h('label', {}, 'Order', sort), h('label', {}, 'Trace id', id), h('label', { class: 'check' }, errors, 'errors only'), open)
  element.addEventListener('submit', (event) => {
    event.preventDefault()
    onChange()
  })
  for (const field of [least, sort, errors]) field.addEventListener('change', onChange)
  return {
    element,
    query() {
      const query = new URLSearchParams({ sort: sort.value, limit: '50' })
      if (least.value) query.set('minDurationMs', least.value)
      if (errors.checked) query.set('error', 'true')
      if (id.value.trim()) query.set('traceId', id.value.trim())
      return query
    },
  }
}
