// Overview: the pulse of the line.
import { lineChart } from '/board/charts.js'
import { h, keyed, setAttribute, setText, sign } from '/board/dom.js'
import { count, duration, number, percent, perSecond, plural } from '/board/format.js'
import { bar, figure, panel } from '/board/panels.js'
import * as tones from '/board/tones.js'

export const overview = { id: 'overview', title: 'Overview', lead: 'The pulse of the line: is it healthy, and where is it not?', make }

function make() {
  let slaMs = 200
  let capacity = 100
  const breaker = figure()
  const errors = figure()
  const rate = figure()
  const busy = figure()
  const small = { small: true, height: 52 }
  const errorChart = lineChart({ ...small, name: 'Error rate', format: percent, atLeast: 0.06, series: [{ key: 'errorRatio', label: 'errors', shade: '--red', fill: true }], lines: [{ at: 0.05, shade: '--red' }] })
  const rateChart = lineChart({ ...small, name: 'Processing rate', format: perSecond, atLeast: 5, series: [{ key: 'processingRate', label: 'done', shade: '--teal', fill: true }] })
  const busyChart = lineChart({ ...small, name: 'Worker utilization', format: percent, atLeast: 1, series: [{ key: 'utilization', label: 'busy', shade: '--blue', fill: true }], bands: [{ from: 0.5, to: 0.8, shade: '--green' }] })
  const circuitChart = lineChart({ ...small, name: 'Circuit breaker', format: count, atLeast: 2.2, series: [{ key: 'circuit', label: 'state', shade: '--slate', step: true, fill: true }] })
  const depthChart = lineChart({
    name: 'Queue depth',
    format: count,
    atLeast: () => capacity,
    series: [{ key: 'depth', label: 'waiting', shade: '--blue', fill: true, width: 2.5 }],
    bands: [
      { from: () => capacity * 0.4, to: () => capacity * 0.6, shade: '--green', label: 'sweet spot, 40–60 %' },
      { from: () => capacity * 0.8, to: () => capacity, shade: '--red', label: 'red zone, above 80 %' },
    ],
  })
  const latencyChart = lineChart({
    name: 'Processing latency',
    format: duration,
    atLeast: () => slaMs * 1.15,
    series: [
      { key: 'p50', label: 'p50', shade: '--teal' },
      { key: 'p90', label: 'p90', shade: '--orange', dash: 'dashed' },
      { key: 'p99', label: 'p99', shade: '--violet', width: 3 },
    ],
    lines: [{ at: () => slaMs, shade: '--red', label: 'promise: p99 below 200 ms', keep: true }],
  })
  const throughputChart = lineChart({
    name: 'Throughput',
    format: perSecond,
    atLeast: 5,
    series: [
      { key: 'incomingRate', label: 'coming in', shade: '--blue', dash: 'dashed' },
      { key: 'processingRate', label: 'done', shade: '--teal', width: 2.5 },
      { key: 'rejectionRate', label: 'refused', shade: '--red', dash: 'dotted' },
    ],
  })
  const resourceChart = lineChart({
    name: 'Resource usage',
    format: percent,
    atLeast: 1,
    height: 120,
    series: [
      { key: 'cpuRatio', label: 'processor', shade: '--orange', fill: true },
      { key: 'memoryRatio', label: 'memory', shade: '--violet', dash: 'dashed' },
    ],
  })
  const charts = [resourceChart, errorChart, rateChart, busyChart, circuitChart, depthChart, latencyChart, throughputChart]
  const line = lineOfStations()
  const checks = checklist()
  const resources = ['Processor', 'Memory', 'Disk'].map((name) => bar({ name, marks: [{ from: 0.8, to: 1 }] }))

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'The line', size: 12 }, line.element),
    panel({ title: 'Circuit breaker', size: 3 }, breaker.element, circuitChart.element),
    panel({ title: 'Error rate', size: 3 }, errors.element, errorChart.element),
    panel({ title: 'Processing rate', size: 3 }, rate.element, rateChart.element),
    panel({ title: 'Worker utilization', size: 3 }, busy.element, busyChart.element),
    panel({ title: 'Queue depth', size: 6 }, depthChart.element),
    panel({ title: 'Processing latency', size: 6 }, latencyChart.element),
    panel({ title: 'Throughput', size: 5 }, throughputChart.element),
    panel({ title: 'What to watch for', size: 4 }, checks.element),
    panel({ title: 'Resource usage', size: 3 }, h('div', { class: 'bars' }, resources.map(({ element }) => element)), resourceChart.element),
  )

  return {
    element,
    show({ reading, live }) {
      const { values, line: now, host } = reading
      slaMs = reading.slaMs
      capacity = now.queue.capacity
      line.set(reading, live)
      const circuit = tones.circuit(now.breaker.state)
      breaker.set({ value: circuit.word, word: `state ${circuit.number}`, tone: circuit.tone, note: circuitSays(now) })
      const error = tones.errors(values.errorRatio)
      errors.set({ value: percent(values.errorRatio), ...error, note: errorSays(values.errorRatio, now) })
      rate.set({ value: perSecond(values.processingRate), note: `${count(now.counters.byStatus.completed)} done since the start` })
      const used = tones.lately(live.values.utilization) ?? values.utilization
      busy.set({ value: percent(used, 0), ...tones.utilization(used), note: `${values.busy} of ${plural(values.workers, 'worker')} busy, mean of 10 s` })
      checks.set(reading, live)
      const use = [host.cpuRatio, host.memoryRatio, host.diskRatio]
      for (const [index, resource] of resources.entries()) resource.set({ ratio: use[index], text: percent(use[index], 0), tone: tones.used(use[index]).tone })
    },
    draw: (columns) => charts.forEach((chart) => chart.draw(columns)),
  }
}

/** What tutorial 2 has the gauge say. */
function circuitSays({ breaker, watch }) {
  const health = breaker.state !== 'closed' ? '' : { healthy: 'Downstream is healthy.', unhealthy: 'Downstream is not healthy.' }[watch.status] ?? 'Downstream not checked yet.'
  const { word } = tones.circuit(breaker.state)
  const probe = breaker.state === 'open' && breaker.retryAfterMs ? ` Next probe in ${Math.ceil(breaker.retryAfterMs / 1000)} s.` : ''
  return `Circuit is ${word}. ${breaker.state === 'open' ? `Calls are refused.${probe}` : health}`
}

function errorSays(ratio, { breaker }) {
  if (ratio === 0) return 'of the last minute’s signals'
  return tones.circuit(breaker.state).number === 1 ? 'refusals, because the circuit is open' : 'real failures or a full queue: look at them'
}

/** The stations of the line, with the lamp of each. */
function lineOfStations() {
  const element = h('ol', { class: 'line' })
  const update = keyed(
    element,
    ({ id }) => id,
    ({ id, board }) => {
      const icon = sign()
      const name = h('span')
      const amount = h('span', { class: 'station-figure' })
      const says = h('span', { class: 'station-says' })
      const inside = [h('span', { class: 'station-name' }, icon, name), amount, says]
      const station = h('li', { class: 'station', 'data-station': id }, h('a', { href: `#${board}` }, inside))
      return {
        element: station,
        update: (item) => {
          icon.set(item.tone)
          setAttribute(station, 'data-tone', item.tone)
          setText(name, item.name)
          setText(amount, item.amount)
          setText(says, item.says)
        },
      }
    },
  )
  return { element, set: (reading, live) => update(stationsOf(reading, live)) }
}

const LAMP_SAYS = { green: 'running', yellow: 'look at it', red: 'stopped or failing', unknown: 'no reading' }

function stationsOf({ line, values }, live) {
  const lampOf = (name) => line.board.stations.find(({ station }) => station === name)?.colour ?? 'unknown'
  const chain = line.chain.map(({ state }, index) => `${'ABC'[index]} ${tones.circuit(state).word.toLowerCase()}`)
  const worst = line.chain.some(({ state }) => tones.circuit(state).tone === 'red') ? 'red' : line.breaker.state === 'half-open' ? 'yellow' : line.watch.status === 'unhealthy' ? 'yellow' : line.watch.status === 'healthy' ? 'green' : 'unknown'
  const firing = line.alerts.filter(({ state }) => state === 'firing').length
  const used = tones.lately(live.values.utilization) ?? values.utilization
  const station = (id, name, board, tone, amount, says) => ({ id, name, board, tone, amount, says: `${LAMP_SAYS[tone]} · ${says}` })
  return [
    station('in', 'Signals in', 'overview', line.queue.connected ? 'green' : 'red', perSecond(values.incomingRate), `${perSecond(values.rejectionRate)} refused`),
    station('jidoka', 'Jidoka', 'jidoka', lampOf('jidoka'), tones.circuit(line.breaker.state).word, 'circuit breaker'),
    station('kanban', 'Kanban', 'kanban', lampOf('kanban'), `${count(values.depth)} of ${count(line.queue.capacity)}`, 'signals waiting'),
    station('heijunka', 'Heijunka', 'heijunka', lampOf('heijunka'), plural(values.workers, 'worker'), `${percent(used, 0)} busy`),
    station('downstream', 'Downstream', 'jidoka', worst, line.watch.latencyMs === null ? tones.circuit(line.breaker.state).word : duration(line.watch.latencyMs), chain.join(', ')),
    station('kaizen', 'Kaizen', 'kaizen', lampOf('kaizen'), values.p99 === null ? 'no signals' : `p99 ${duration(values.p99)}`, 'of the last minute'),
    station('andon', 'Andon', 'andon', lampOf('andon'), firing === 0 ? 'no alert fires' : plural(firing, 'alert'), line.alerts.length > firing ? `${line.alerts.length - firing} pending` : 'all quiet'),
  ]
}

/** Tutorial 2's list of what to watch for. */
function checklist() {
  const element = h('ul', { class: 'checks' })
  const update = keyed(
    element,
    ({ name }) => name,
    ({ name }) => {
      const icon = sign()
      const value = h('b')
      const says = h('span', { class: 'quiet' })
      return {
        element: h('li', {}, icon, h('span', { text: name }), value, says),
        update: (item) => {
          icon.set(item.tone)
          setText(value, item.value)
          setText(says, item.says)
        },
      }
    },
  )
  return { element, set: (reading, live) => update(checksOf(reading, live)) }
}

function checksOf({ values, line, slaMs }, live) {
  const ratio = values.depth / line.queue.capacity
  const queue = tones.queue(ratio)
  const used = tones.lately(live.values.utilization) ?? values.utilization
  const stable = tones.isStable(live.values.processingRate)
  const isIdle = stable === null
  const circuit = tones.circuit(line.breaker.state)
  const latency = tones.latency(values.p99, slaMs)
  const error = tones.errors(values.errorRatio)
  const busy = tones.utilization(used)
  return [
    { name: 'Circuit breaker is Closed', tone: circuit.tone, value: circuit.word, says: circuit.tone === 'green' ? 'calls go through' : 'look at the Jidoka board' },
    { name: 'Queue depth is 40–60 % full', tone: queue.tone, value: percent(ratio, 0), says: ratio < 0.4 ? `${queue.word}: capacity is there for more` : queue.word },
    { name: `P99 latency below ${duration(slaMs)}`, tone: latency.tone, value: duration(values.p99), says: latency.word },
    { name: 'Error rate below 5 %', tone: error.tone, value: percent(values.errorRatio), says: error.word },
    { name: 'Processing throughput is stable', tone: isIdle ? 'unknown' : stable ? 'green' : 'yellow', value: perSecond(values.processingRate), says: isIdle ? 'no work now' : stable ? 'steady for a minute' : 'changed within the last minute' },
    { name: 'Worker utilization 50–80 %', tone: busy.tone, value: percent(used, 0), says: busy.word },
  ].map((check) => ({ ...check, value: check.value ?? number(null) }))
}
