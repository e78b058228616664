// Tracing: where the time of a single signal went.
import { lineChart } from '/board/charts.js'
import { h, keyed, setText, setVars, state } from '/board/dom.js'
import { ago, count, duration, percent } from '/board/format.js'
import { bar, figure, panel } from '/board/panels.js'
import { table } from '/board/table.js'

export const tracing = { id: 'tracing', title: 'Tracing', lead: 'Metrics say that it is slow; a trace says where.', make }

const EVERY_MS = 3_000
const SHOWN = 25
/** So many of the slowest are looked into. */
const SLOWEST = 5
const TONES = { completed: 'green', rejected: 'yellow', invalid: 'yellow', failed: 'red', 'dead-lettered': 'red' }

function make() {
  let now = Date.now()
  let asked = 0
  let isAsking = false
  let dots = { at: [], values: {} }
  const kept = figure()
  const slowest = figure()
  const failed = figure()
  const status = h('p', { class: 'quiet small', role: 'status' })
  const form = filters(() => void ask(true))
  const steps = stepsOfSlowest()
  const rows = traceTable(() => now)
  const chart = lineChart({
    name: 'Trace durations',
    format: duration,
    atLeast: 10,
    window: () => [(dots.at[0] ?? now) / 1_000 - 1, (dots.at.at(-1) ?? now) / 1_000 + 1],
    series: [
      { key: 'fine', label: 'without an error', shade: '--blue', dots: 'ring' },
      { key: 'failed', label: 'with an error', shade: '--red', dots: 'disc' },
    ],
  })

  /** Asks for the traces that fit. While the board is open, again every few seconds. */
  const ask = async (isNow) => {
    if (isAsking || (!isNow && performance.now() - asked < EVERY_MS)) return
    isAsking = true
    asked = performance.now()
    try {
      const answer = await json(`/traces?${form.query()}`)
      showAnswer(answer)
      await steps.look(answer.traces)
    } catch (error) {
      setText(status, `The traces can’t be read: ${error.message}`)
    } finally {
      isAsking = false
    }
  }

  const showAnswer = ({ traces, kept: all, open, remarkable, sampler }) => {
    rows.set(traces)
    setText(status, `${count(traces.length)} shown. ${recordedBy(sampler)}`)
    kept.set({ value: count(all), note: `${count(remarkable)} of them slow or failed, ${count(open)} under way` })
    const [first] = traces.toSorted((a, b) => b.duration_ms - a.duration_ms)
    slowest.set(first ? { value: duration(first.duration_ms), note: `of those shown: ${first.task ?? first.signal_type ?? 'unknown'}` } : { value: 'None', note: 'no trace fits the filters' })
    const errors = traces.filter(({ error }) => error).length
    failed.set({ value: count(errors), word: `of ${count(traces.length)} shown`, tone: errors > 0 ? 'red' : 'green', note: 'with a failed step' })
    const inTime = traces.toSorted((a, b) => a.timestamp.localeCompare(b.timestamp))
    const column = (isError) => inTime.map(({ error, duration_ms }) => (error === isError ? duration_ms : null))
    dots = { at: inTime.map(({ timestamp }) => Date.parse(timestamp)), values: { fine: column(false), failed: column(true) } }
    chart.draw(dots)
  }

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Traces kept', term: 'Recent traces', size: 4 }, kept.element),
    panel({ title: 'Slowest', term: 'Steps of the slowest', size: 4 }, slowest.element),
    panel({ title: 'With errors', term: 'Traces with errors', size: 4 }, failed.element),
    panel({ title: 'Trace durations', size: 7 }, chart.element),
    panel({ title: 'Steps of the slowest', size: 5 }, steps.element),
    panel({ title: 'Recent traces', size: 12 }, form.element, status, rows.element),
  )
  return {
    element,
    show({ reading }) {
      now = reading.at
      void ask(false)
    },
    draw: () => chart.draw(dots),
    opened: () => void ask(true),
  }
}

async function json(url) {
  const response = await fetch(url, { headers: { accept: 'application/json' } })
  const answer = await response.json().catch(() => ({}))
  if (!response.ok) throw new Error(answer.message ?? `the service answered ${response.status}`)
  return answer
}

function recordedBy(sampler) {
  if (sampler === 'off') return 'Tracing is off.'
  return sampler.includes('RateSampler') ? 'All are recorded while there are not too many a second.' : `Recorded by ${sampler}.`
}

/** The traces, each with a link to its waterfall. */
function traceTable(nowOf) {
  let longest = 1
  const rows = table({
    caption: 'Recent traces',
    keyOf: ({ trace_id }) => trace_id,
    empty: 'No trace fits. Send a signal, or loosen the filters.',
    columns: [
      { title: 'Trace', cell: ({ trace_id }, link) => link ?? h('a', { class: 'mono', href: `/traces/${trace_id}`, text: trace_id.slice(0, 16) }) },
      { title: 'Task', cell: ({ task, signal_type }) => task ?? signal_type ?? '–' },
      { title: 'Duration', number: true, cell: ({ duration_ms }) => duration(duration_ms) },
      {
        title: 'Length',
        cell: ({ duration_ms, error }, cell = h('span', { class: 'track length', 'aria-hidden': 'true' }, h('span', { class: 'fill' }))) => {
          setVars(cell.firstChild, { '--ratio': (duration_ms / longest).toFixed(4) })
          cell.dataset.tone = error ? 'red' : ''
          return cell
        },
      },
      {
        title: 'Outcome',
        cell: ({ error, status, in_progress }, cell = state()) => {
          cell.set(TONES[status] ?? (error ? 'red' : 'unknown'), `${status ?? (in_progress ? 'under way' : 'ended')}${error && status === 'completed' ? ', after an error' : ''}`)
          return cell
        },
      },
      { title: 'Started', cell: ({ timestamp }) => ago(timestamp, nowOf()) },
      { title: 'Spans', number: true, cell: ({ spans }) => count(spans) },
    ],
  })
  return {
    element: rows.element,
    set(traces) {
      longest = Math.max(1, ...traces.map(({ duration_ms }) => duration_ms))
      rows.set(traces)
    },
  }
}

/** Where the slowest of the traces spent their time: the time of each step that none of its parts took. */
function stepsOfSlowest() {
  const bars = h('div', { class: 'bars' })
  const says = h('p', { class: 'quiet small', text: 'No trace has been looked into yet.' })
  const known = new Map()
  const update = keyed(
    bars,
    ({ name }) => name,
    ({ name }) => {
      const part = bar({ name })
      return { element: part.element, update: ({ ms, ratio }) => part.set({ ratio, text: `${duration(ms)} · ${percent(ratio, 0)}` }) }
    },
  )
  return {
    element: h('div', {}, bars, says),
    async look(traces) {
      const slowest = traces.filter(({ in_progress }) => !in_progress).toSorted((a, b) => b.duration_ms - a.duration_ms).slice(0, SLOWEST)
      // What is forgotten by now is left out.
      const views = await Promise.all(slowest.map(async ({ trace_id }) => known.get(trace_id) ?? (await json(`/traces/${trace_id}`).catch(() => undefined))))
      known.clear()
      for (const view of views) if (view) known.set(view.trace_id, view)
      const own = new Map()
      for (const { spans } of known.values()) for (const { name, own_ms } of spans) own.set(name, (own.get(name) ?? 0) + own_ms)
      const total = [...own.values()].reduce((sum, ms) => sum + ms, 0)
      const most = [...own].map(([name, ms]) => ({ name, ms: ms / known.size, ratio: ms / total })).toSorted((a, b) => b.ms - a.ms)
      update(most.slice(0, 7))
      if (known.size > 0) setText(says, `Mean own time of each step in the ${count(known.size)} slowest of those shown.`)
    },
  }
}

/** What to look for. */
function filters(onChange) {
  const least = h('input', { type: 'number', name: 'minDurationMs', min: '0', max: '600000', step: 'any', placeholder: 'any', inputmode: 'decimal' })
  const id = h('input', { type: 'search', name: 'id', maxlength: '64', autocomplete: 'off', spellcheck: 'false', placeholder: 'of the trace or of the signal' })
  const sort = h('select', { name: 'sort' }, h('option', { value: 'newest', text: 'newest first' }), h('option', { value: 'slowest', text: 'slowest first' }))
  const errors = h('input', { type: 'checkbox', name: 'error' })
  const search = h('button', { class: 'button', type: 'submit', text: 'Search' })
  const element = h(
    'form',
    { class: 'form', role: 'search', 'aria-label': 'Traces' },
    h('label', {}, 'At least, ms', least),
    h('label', {}, 'Order', sort),
    h('label', {}, 'Id', id),
    h('label', { class: 'check' }, errors, 'errors only'),
    search,
  )
  element.addEventListener('submit', (event) => {
    event.preventDefault()
    onChange()
  })
  for (const field of [least, sort, errors]) field.addEventListener('change', onChange)
  return {
    element,
    query() {
      const query = new URLSearchParams({ sort: sort.value, limit: SHOWN })
      if (least.value) query.set('minDurationMs', least.value)
      if (errors.checked) query.set('error', 'true')
      const text = id.value.trim()
      if (text) query.set(text.includes('-') ? 'signal_id' : 'trace_id', text)
      return query
    },
  }
}
