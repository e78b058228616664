// The list of traces: what to look for, and what was found.
import { h, keyed, setText, setVars, state } from '/board/dom.js'
import { ago, count, duration, plural } from '/board/format.js'

const EVERY_MS = 3_000
const LIMIT = 100
const TONES = { completed: 'green', rejected: 'yellow', invalid: 'yellow', failed: 'red', 'dead-lettered': 'red' }

export async function showList(main) {
  const given = new URLSearchParams(location.search)
  const least = h('input', { type: 'number', name: 'minDurationMs', min: '0', max: '600000', step: 'any', placeholder: 'any', inputmode: 'decimal', value: given.get('minDurationMs') })
  const id = h('input', { type: 'search', name: 'id', maxlength: '64', autocomplete: 'off', spellcheck: 'false', placeholder: 'of the trace or of the signal', value: given.get('trace_id') ?? given.get('signal_id') })
  const sort = h('select', { name: 'sort' }, h('option', { value: 'newest', text: 'newest first' }), h('option', { value: 'slowest', text: 'slowest first', selected: given.get('sort') === 'slowest' }))
  const errors = h('input', { type: 'checkbox', name: 'error', checked: given.get('error') === 'true' })
  const live = h('input', { type: 'checkbox', name: 'live', checked: true })
  const form = h(
    'form',
    { class: 'form', role: 'search', 'aria-label': 'Traces' },
    h('label', {}, 'At least, ms', least),
    h('label', {}, 'Order', sort),
    h('label', {}, 'Id', id),
    h('label', { class: 'check' }, errors, 'errors only'),
    h('label', { class: 'check' }, live, 'keep looking'),
    h('button', { class: 'button', type: 'submit', text: 'Search' }),
  )
  const status = h('p', { class: 'quiet small' })
  const body = h('tbody')
  const table = h(
    'table',
    { class: 'list' },
    h('caption', { class: 'hidden-text', text: 'Traces' }),
    h('thead', {}, h('tr', {}, ...['Trace', 'Duration', 'Outcome'].map(column), column('Task', 'optional'), column('Started', 'optional'), column('Spans', 'optional number'))),
    body,
  )
  let longest = 1
  let now = Date.now()
  const rows = keyed(body, ({ trace_id }) => trace_id, (first) => row(first, () => ({ longest, now })))
  main.replaceChildren(h('div', { class: 'stack' }, h('div', { class: 'card' }, form), h('div', { class: 'card scroll' }, status, table)))

  const query = () => {
    const wanted = new URLSearchParams()
    if (least.value) wanted.set('minDurationMs', least.value)
    if (errors.checked) wanted.set('error', 'true')
    if (sort.value !== 'newest') wanted.set('sort', sort.value)
    const text = id.value.trim()
    if (text) wanted.set(text.includes('-') ? 'signal_id' : 'trace_id', text)
    return wanted
  }
  const ask = async () => {
    const wanted = query()
    history.replaceState(null, '', wanted.size > 0 ? `?${wanted}` : location.pathname)
    wanted.set('limit', LIMIT)
    try {
      const response = await fetch(`/traces?${wanted}`, { headers: { accept: 'application/json' } })
      const answer = await response.json()
      if (!response.ok) throw new Error(answer.message)
      longest = Math.max(0.001, ...answer.traces.map(({ duration_ms }) => duration_ms))
      now = Date.now()
      rows(answer.traces)
      setText(status, `${plural(answer.traces.length, 'trace')} shown of ${count(answer.kept)} kept. ${recordedBy(answer.sampler)}`)
    } catch (error) {
      setText(status, `The traces can’t be read: ${error.message}`)
    }
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void ask()
  })
  for (const field of [least, sort, errors]) field.addEventListener('change', () => void ask())
  await ask()
  setInterval(() => {
    if (live.checked && document.visibilityState === 'visible') void ask()
  }, EVERY_MS)
}

function column(text, kind) {
  return h('th', { scope: 'col', class: kind, text })
}

function recordedBy(sampler) {
  if (sampler === 'off') return 'Tracing is off.'
  return sampler.includes('RateSampler') ? 'All are recorded while there are not too many a second.' : `Recorded by ${sampler}.`
}

function row({ trace_id }, around) {
  const took = h('span')
  const fill = h('div', { class: 'fill' })
  const outcome = state()
  const [task, started, spans] = [h('td', { class: 'optional' }), h('td', { class: 'optional' }), h('td', { class: 'optional number' })]
  const element = h(
    'tr',
    {},
    h('td', {}, h('a', { class: 'mono', href: `/traces/${trace_id}`, text: trace_id.slice(0, 16) })),
    h('td', { class: 'wide' }, h('div', { class: 'length' }, took, h('div', { class: 'track', 'aria-hidden': 'true' }, fill))),
    h('td', {}, outcome),
    task,
    started,
    spans,
  )
  return {
    element,
    update(trace) {
      const { longest, now } = around()
      setText(took, duration(trace.duration_ms))
      setVars(fill, { '--ratio': trace.duration_ms / longest })
      fill.dataset.tone = trace.error ? 'red' : ''
      const word = trace.status ?? (trace.in_progress ? 'under way' : 'ended')
      outcome.set(TONES[trace.status] ?? (trace.error ? 'red' : 'unknown'), trace.error && trace.status === 'completed' ? 'completed, after an error' : word)
      setText(task, trace.task ?? trace.signal_type ?? '–')
      setText(started, ago(trace.timestamp, now))
      setText(spans, trace.spans)
    },
  }
}
