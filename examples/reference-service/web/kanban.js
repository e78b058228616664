// Kanban: pull, never push, and no more than there is room for.
import { admin, outcome } from '/board/admin.js'
import { lineChart } from '/board/charts.js'
import { h, keyed, setAttribute, setText } from '/board/dom.js'
import { ago, count, duration, percent, perSecond, plural } from '/board/format.js'
import { bar, facts, figure, panel } from '/board/panels.js'
import { table } from '/board/table.js'
import * as tones from '/board/tones.js'

export const kanban = { id: 'kanban', title: 'Kanban', lead: 'Workers pull what they can do; the queue has a limit, and beyond it work is refused.', make }

const MODES = { memory: 'in memory', sqlite: 'SQLite, on disk', nats: 'JetStream (NATS)' }

function make() {
  let capacity = 100
  const limit = figure()
  const depth = figure()
  const age = figure()
  const queue = figure()
  const fill = bar({ name: 'Full', marks: [{ from: 0.4, to: 0.6 }] })
  const busy = figure()
  const crew = crewOfWorkers()
  const outcomes = facts()
  const letters = deadLetters()
  const depthChart = lineChart({
    name: 'Queue depth over time',
    format: count,
    atLeast: () => capacity,
    series: [{ key: 'depth', label: 'waiting', shade: '--blue', fill: true, width: 2.5 }],
    bands: [
      { from: () => capacity * 0.4, to: () => capacity * 0.6, shade: '--green', label: 'sweet spot, 40–60 %' },
      { from: () => capacity * 0.8, to: () => capacity, shade: '--red', label: 'red zone, above 80 %' },
    ],
  })
  const flowChart = lineChart({
    name: 'In and out',
    format: perSecond,
    atLeast: 5,
    series: [
      { key: 'enqueueRate', label: 'enqueued', shade: '--blue', dash: 'dashed' },
      { key: 'dequeueRate', label: 'dequeued', shade: '--teal', width: 2.5 },
    ],
  })
  const rejectionChart = lineChart({ name: 'Rejection rate', format: perSecond, atLeast: 5, height: 150, series: [{ key: 'rejectionRate', label: 'refused', shade: '--red', fill: true }] })
  const processingChart = lineChart({ name: 'Processing rate', format: perSecond, atLeast: 5, height: 150, series: [{ key: 'processingRate', label: 'done', shade: '--teal', fill: true }] })
  const busyChart = lineChart({
    name: 'Worker utilization',
    format: percent,
    atLeast: 1.05,
    height: 150,
    series: [{ key: 'utilization', label: 'busy', shade: '--blue', fill: true }],
    bands: [{ from: 0.5, to: 0.8, shade: '--green', label: 'well used, 50–80 %' }],
  })
  const ageChart = lineChart({ name: 'Oldest age', format: duration, atLeast: 100, height: 150, series: [{ key: 'oldestAgeMs', label: 'oldest', shade: '--violet', fill: true }] })

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Queue limit', size: 3 }, limit.element),
    panel({ title: 'Queue depth', size: 3 }, depth.element, h('div', { class: 'bars' }, fill.element)),
    panel({ title: 'Oldest age', size: 3 }, age.element),
    panel({ title: 'Queue', size: 3 }, queue.element),
    panel({ title: 'Queue depth over time', term: 'Queue depth', size: 6 }, depthChart.element),
    panel({ title: 'In and out', size: 6 }, flowChart.element),
    panel({ title: 'Processing rate', size: 4 }, processingChart.element),
    panel({ title: 'Rejection rate', size: 4 }, rejectionChart.element),
    panel({ title: 'Oldest age over time', term: 'Oldest age', size: 4 }, ageChart.element),
    panel({ title: 'Worker utilization', size: 4 }, busy.element, busyChart.element),
    panel({ title: 'Workers', size: 4 }, crew.element),
    panel({ title: 'Signals by outcome', size: 4 }, outcomes.element),
    panel({ title: 'Dead letters', size: 12, actions: letters.actions }, letters.element),
  )
  return {
    element,
    show({ reading, live }) {
      const { values, line } = reading
      capacity = line.queue.capacity
      const ratio = line.queue.depth / capacity
      const state = tones.queue(ratio)
      limit.set({ value: count(capacity), note: 'signals may wait; more are refused with 429' })
      depth.set({ value: count(line.queue.depth), ...state, note: `${perSecond(values.enqueueRate)} in, ${perSecond(values.dequeueRate)} out` })
      fill.set({ ratio, text: percent(ratio, 0), tone: state.tone })
      age.set({ value: duration(line.queue.oldestAgeMs), note: `a new signal waits about ${duration(line.pool.estimatedWaitMs)}` })
      queue.set({ value: MODES[line.queue.mode] ?? line.queue.mode, tone: line.queue.connected ? 'green' : 'red', note: line.queue.connected ? `connected, ${count(line.queue.leased)} in workers’ hands` : 'out of reach: signals are refused' })
      const used = tones.lately(live.values.utilization) ?? values.utilization
      busy.set({ value: percent(used, 0), ...tones.utilization(used), note: 'mean of 10 s' })
      crew.set(line)
      outcomes.set(outcomesOf(line))
      letters.set(line.deadLetters, reading.at)
    },
    draw: (columns) => [depthChart, flowChart, rejectionChart, processingChart, busyChart, ageChart].forEach((chart) => chart.draw(columns)),
    opened: () => letters.renew(),
  }
}

function outcomesOf({ counters: { byStatus, rejectedBy }, pool }) {
  return [
    ['Completed', count(byStatus.completed)],
    ['Refused', count(byStatus.rejected), byStatus.rejected > 0 ? 'yellow' : undefined],
    ...Object.entries(rejectedBy).flatMap(([reason, times]) => (times > 0 ? [[`· ${reason}`, count(times)]] : [])),
    ['Failed: own time was up', count(byStatus.failed)],
    ['Dead-lettered', count(byStatus['dead-lettered']), byStatus['dead-lettered'] > 0 ? 'yellow' : undefined],
    ['Tried again', count(pool.retried)],
    ['Mean time of a worker', duration(pool.meanHandlerMs)],
  ]
}

/** Each worker with what it does. */
function crewOfWorkers() {
  const host = h('ul', { class: 'workers' })
  const sum = h('p', { class: 'quiet small' })
  const update = keyed(
    host,
    (_, index) => index,
    () => {
      const name = h('b')
      const word = h('span')
      const element = h('li', { class: 'worker' }, name, word)
      return {
        element,
        update: ({ state, processed }, index) => {
          setAttribute(element, 'data-state', state)
          setText(name, `${index} ${state}`)
          setText(word, `${count(processed)} done`)
        },
      }
    },
  )
  return {
    element: h('div', {}, host, sum),
    set({ pool }) {
      update(pool.perWorker)
      const more = pool.workers > pool.perWorker.length ? `, ${count(pool.workers - pool.perWorker.length)} not shown` : ''
      setText(sum, `${count(pool.busy)} of ${plural(pool.workers, 'worker')} busy, ${count(pool.overdue)} overdue${more}.`)
    },
  }
}

const SHOWN = 50

/** What was given up, and the way back. The list is asked for when the count changes, not every second. */
function deadLetters() {
  let stamp
  let size = 0
  let now = Date.now()
  let isAsking = false
  const result = outcome()
  const all = h('button', { class: 'button', type: 'button', text: 'Redrive all' })
  const rows = table({
    caption: 'Dead letters',
    keyOf: ({ id }) => id,
    empty: 'No dead letters: every accepted signal was processed.',
    columns: [
      { title: 'Id', cell: ({ id }) => String(id) },
      { title: 'Task', cell: ({ request }) => String(request.payload?.task ?? request.signal_type) },
      { title: 'Why', cell: ({ errors }) => errors.at(-1) ?? 'unknown' },
      { title: 'Attempts', number: true, cell: ({ attempts }) => count(attempts) },
      { title: 'Given up', cell: ({ last_failed_at }) => ago(last_failed_at, now) },
      { title: 'Trace', cell: ({ trace_id }, link) => link ?? h('a', { class: 'mono', href: `/traces/${trace_id}`, text: trace_id.slice(0, 8) }) },
      { title: '', cell: ({ id }, button) => button ?? redriveButton(id) },
    ],
  })
  const redriveButton = (id) => {
    const button = h('button', { class: 'button', type: 'button', 'aria-label': `Redrive dead letter ${id}`, text: 'Redrive' })
    button.addEventListener('click', () => void redrive(button, { ids: [id] }))
    return button
  }
  const redrive = async (button, body) => {
    await result.run(button, () => admin('POST', 'dead-letters/redrive', body), sayRedriven)
    await renew()
  }
  const renew = async () => {
    if (size === 0) return rows.set([])
    if (isAsking) return
    isAsking = true
    try {
      const { dead_letters } = await admin('GET', `dead-letters?limit=${SHOWN}`)
      rows.set(dead_letters.toReversed())
    } catch (error) {
      setText(result.element, `The list can’t be read: ${error.message}`)
    } finally {
      isAsking = false
    }
  }
  all.addEventListener('click', () => void redrive(all, {}))
  return {
    actions: all,
    element: h('div', {}, rows.element, result.element),
    renew,
    set(letters, at) {
      now = at
      size = letters.size
      all.disabled = size === 0
      const next = `${letters.size} ${letters.added} ${letters.taken}`
      if (stamp !== next) void renew()
      stamp = next
    },
  }
}

function sayRedriven({ redriven, skipped, remaining, ended }) {
  const full = ended === 'full' ? ' The queue is full.' : ''
  return `${plural(redriven, 'signal')} sent back${skipped ? `, ${skipped} left out` : ''}; ${count(remaining)} here now.${full}`
}
