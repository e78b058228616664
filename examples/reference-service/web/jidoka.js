// Jidoka: the line stops by itself.
import { lineChart } from '/board/charts.js'
import { diary } from '/board/diary.js'
import { h, keyed, setAttribute, setText, sign } from '/board/dom.js'
import { ago, count, duration, percent } from '/board/format.js'
import { facts, figure, panel } from '/board/panels.js'
import { CIRCUIT_STATES, circuit } from '/board/tones.js'

export const jidoka = { id: 'jidoka', title: 'Jidoka', lead: 'The line stops by itself when something fails, and starts again when it has healed.', make }

function make() {
  const state = figure()
  const rejections = figure()
  const recovery = figure()
  const dead = figure()
  const failures = facts()
  const health = figure()
  const chain = chainOfDownstreams()
  const log = diary('Nothing has changed since the service started. Break the downstream and watch it stop.')
  const stateChart = lineChart({
    name: 'Circuit state over time',
    format: count,
    states: CIRCUIT_STATES,
    height: 290,
    series: [{ key: 'circuit', label: 'state', shade: '--blue', step: true, fill: true, width: 2.5 }],
  })
  const chainChart = lineChart({
    name: 'Circuits of the chain over time',
    format: count,
    states: CIRCUIT_STATES,
    height: 150,
    series: [
      { key: 'circuitA', label: 'A', shade: '--blue', step: true, width: 3 },
      { key: 'circuitB', label: 'B', shade: '--orange', step: true, dash: 'dashed', width: 2.5 },
      { key: 'circuitC', label: 'C', shade: '--violet', step: true, dash: 'dotted', width: 2.5 },
    ],
  })
  const rejectionChart = lineChart({
    name: 'Rejections',
    format: count,
    atLeast: 5,
    height: 270,
    series: [{ key: 'circuitRejected', label: 'refused since the start', shade: '--red', step: true, fill: true }],
  })
  const healthChart = lineChart({ name: 'Health checks', format: duration, atLeast: 5, height: 110, series: [{ key: 'healthMs', label: 'answer time', shade: '--teal' }] })
  const failureChart = lineChart({ name: 'Failures', format: percent, atLeast: 0.1, height: 110, series: [{ key: 'failureRatio', label: 'failed calls in the window', shade: '--red', fill: true }] })

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Circuit breaker', size: 3 }, state.element),
    panel({ title: 'Rejections', size: 3 }, rejections.element),
    panel({ title: 'Recovery time', size: 3 }, recovery.element),
    panel({ title: 'Dead letters', size: 3 }, dead.element),
    panel({ title: 'Circuit state over time', size: 8 }, stateChart.element),
    panel({ title: 'Transitions', size: 4 }, log.element),
    panel({ title: 'Chain of downstreams', size: 12 }, chain.element, chainChart.element),
    panel({ title: 'Failures', size: 4 }, failures.element, failureChart.element),
    panel({ title: 'Health checks', size: 4 }, health.element, healthChart.element),
    panel({ title: 'Rejections over time', term: 'Rejections', size: 4 }, rejectionChart.element),
  )
  return {
    element,
    show({ reading }) {
      const { breaker, watch, deadLetters, counters } = reading.line
      const { word, tone, number } = circuit(breaker.state)
      const wait = breaker.state === 'open' && breaker.retryAfterMs !== null ? `next probe in ${Math.ceil(breaker.retryAfterMs / 1000)} s` : `${word.toLowerCase()} for ${duration(breaker.stateForMs)}`
      state.set({ value: word, word: `state ${number}`, tone, note: breaker.holds.length > 0 ? `held by ${breaker.holds.map((reason) => reason ?? 'hand').join(', ')}` : wait })
      const refused = counters.rejectedBy['circuit breaker open']
      rejections.set({ value: count(refused), note: `signals turned away by the open circuit; ${count(counters.byStatus.rejected)} refused for any reason`, ...(number === 1 && { tone: 'red', word: 'refusing now' }) })
      recovery.set(recoveryOf(reading))
      dead.set({ value: count(deadLetters.size), note: `of ${count(deadLetters.capacity)} that can be kept`, ...(deadLetters.size > 0 ? { tone: 'yellow', word: 'waiting for a cure' } : { tone: 'green', word: 'none' }) })
      failures.set(failuresOf(breaker, reading.at))
      health.set(healthOf(watch, breaker, reading.at))
      chain.set(reading)
      log.set(reading.transitions.filter(({ kind }) => kind === 'circuit' || kind === 'downstream'))
    },
    draw: (columns) => [stateChart, chainChart, rejectionChart, healthChart, failureChart].forEach((chart) => chart.draw(columns)),
  }
}

/** How long the last outage was: from leaving "closed" until it was closed again. */
function recoveryOf({ transitions, line: { breaker }, at }) {
  const own = transitions.filter(({ kind, name }) => kind === 'circuit' && name === breaker.name)
  const begin = own.find(({ from }) => from === 'closed')
  if (!begin) return { value: 'None yet', note: 'the circuit has not opened since the service started', tone: 'green' }
  const end = own.findLast(({ to, at }) => to === 'closed' && at >= begin.at)
  if (!end) return { value: duration(at - begin.at), note: 'and still going on', tone: 'red', word: 'so far' }
  return { value: duration(end.at - begin.at), note: `last outage, over ${ago(end.at, at)}`, tone: 'green', word: 'recovered' }
}

function failuresOf({ consecutiveFailures, totals, window, lastFailure, openings }, at) {
  return [
    ['In a row', count(consecutiveFailures), consecutiveFailures > 0 ? 'yellow' : undefined],
    ['Since the start', count(totals.failure)],
    ['Succeeded since the start', count(totals.success)],
    ['Share in the window', window.completed > 0 ? percent(window.failureRatio) : 'no calls'],
    ['Times opened', count(totals.opened)],
    ['Openings in a row', count(openings)],
    ['Last failure', lastFailure ? `${lastFailure.message}, ${ago(at - lastFailure.agoMs, at)}` : 'none'],
  ]
}

function healthOf({ status, latencyMs, checkedAt, error }, { state }, at) {
  const checked = checkedAt ? `checked ${ago(checkedAt, at)}` : 'not checked yet'
  // An open circuit lets no check through: the last answer is from before.
  if (status === 'healthy' && state !== 'closed') return { value: 'Not asked', tone: 'yellow', note: `the circuit is open; last ${checked}` }
  if (status === 'healthy') return { value: 'Healthy', tone: 'green', note: `answered in ${duration(latencyMs)}, ${checked}` }
  if (status === 'unhealthy') return { value: 'Unhealthy', tone: 'red', note: `${error ?? 'no answer'}; ${checked}` }
  return { value: 'Unknown', tone: 'unknown', note: checked }
}

const DOWNSTREAMS = ['A', 'B', 'C']

/** The downstreams in a row, and the service that depends on them. */
function chainOfDownstreams() {
  const says = h('p', { class: 'quiet small' })
  const element = h('ol', { class: 'line' })
  const update = keyed(
    element,
    ({ name }) => name,
    () => {
      const icon = sign()
      const name = h('span')
      const amount = h('span', { class: 'station-figure' })
      const says = h('span', { class: 'station-says' })
      const station = h('li', { class: 'station' }, h('div', {}, h('span', { class: 'station-name' }, icon, name), amount, says))
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
  return {
    element: h('div', {}, element, says),
    set({ line: { chain, settings }, values, lamp }) {
      const own = { name: 'This service', tone: lamp, amount: `p99 ${duration(values.p99)}`, says: `${percent(values.errorRatio)} of the last minute’s signals failed or were refused` }
      const downstreams = chain.map((each, index) => ({ name: `Downstream ${DOWNSTREAMS[index] ?? index}`, circuit: each }))
      update([...downstreams.map(stationOf), own])
      setText(says, settings.downstream_chain ? 'Signals call C, which calls B, which calls A: trouble in A travels from left to right until a circuit stops it.' : 'Signals call A alone now. With the setting downstream_chain they call C, which calls B, which calls A.')
    },
  }
}

function stationOf({ name, circuit: { state, window, totals, retryAfterMs } }) {
  const { tone, word } = circuit(state)
  const failed = window.completed > 0 ? `${percent(window.failureRatio)} of ${count(window.completed)} calls failed` : 'no calls yet'
  const next = state === 'open' && retryAfterMs ? `, next probe in ${Math.ceil(retryAfterMs / 1000)} s` : ''
  return { name, tone, amount: `circuit ${word.toLowerCase()}`, says: `${failed}, ${count(totals.rejected)} refused${next}` }
}
