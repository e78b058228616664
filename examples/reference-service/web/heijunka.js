// Heijunka: level the load.
import { lineChart } from '/board/charts.js'
import { h, keyed, setAttribute, setText, setVars } from '/board/dom.js'
import { ago, clock, count, duration, number, percent, perSecond, plural } from '/board/format.js'
import { facts, figure, list, panel } from '/board/panels.js'
import { table } from '/board/table.js'
import * as tones from '/board/tones.js'

export const heijunka = { id: 'heijunka', title: 'Heijunka', lead: 'The load is levelled: no worker drowns while another is idle, and a peak is spread.', make }

function make() {
  let threshold = 0.05
  const imbalance = figure()
  const spread = facts()
  const loads = loadBars()
  const events = rebalancings()
  const pools = poolTable()
  const mix = facts()
  const scaler = figure()
  const scaling = facts()
  const limiter = figure()
  const imbalanceChart = lineChart({
    name: 'Imbalance',
    format: percent,
    atLeast: () => threshold * 4,
    series: [{ key: 'imbalance', label: 'imbalance', shade: '--violet', fill: true, width: 2.5 }],
    lines: [{ at: () => threshold, shade: '--yellow', label: 'threshold 5 %', keep: true }],
  })
  const workersChart = lineChart({
    name: 'Workers over time',
    format: count,
    atLeast: 4,
    height: 270,
    series: [
      { key: 'workers', label: 'there are', shade: '--blue', step: true, width: 2.5 },
      { key: 'busy', label: 'busy', shade: '--teal' },
      { key: 'recommended', label: 'asked for', shade: '--orange', step: true, dash: 'dashed' },
    ],
  })
  const slowChart = lineChart({ name: 'Slow work in progress', format: count, atLeast: 2, height: 110, series: [{ key: 'slowInProgress', label: 'slow in progress', shade: '--orange', step: true, fill: true }] })
  const movedChart = lineChart({ name: 'Items moved', format: count, atLeast: 5, series: [{ key: 'itemsMoved', label: 'moved since the start', shade: '--violet', step: true, fill: true }] })
  const capacityChart = lineChart({
    name: 'Capacity over time',
    format: perSecond,
    atLeast: 5,
    series: [
      { key: 'incomingRate', label: 'load', shade: '--blue', dash: 'dashed' },
      { key: 'processingRate', label: 'done', shade: '--teal', width: 2.5 },
    ],
  })
  const resourceChart = lineChart({
    name: 'Resources over time',
    format: percent,
    atLeast: 1,
    series: [
      { key: 'cpuRatio', label: 'processor', shade: '--orange' },
      { key: 'memoryRatio', label: 'memory', shade: '--violet', dash: 'dashed' },
      { key: 'diskRatio', label: 'disk', shade: '--slate', dash: 'dotted' },
    ],
  })

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Load per worker', size: 5 }, loads.element),
    panel({ title: 'Imbalance', size: 3 }, imbalance.element, spread.element),
    panel({ title: 'Rebalancing events', size: 4 }, events.element),
    panel({ title: 'Imbalance over time', term: 'Imbalance', size: 8 }, imbalanceChart.element),
    panel({ title: 'Items moved', term: 'Rebalancing events', size: 4 }, movedChart.element),
    panel({ title: 'Fast and slow', size: 6 }, pools.element, mix.element, slowChart.element),
    panel({ title: 'Autoscaler', size: 6 }, scaler.element, scaling.element, workersChart.element),
    panel({ title: 'Capacity over time', size: 6 }, capacityChart.element),
    panel({ title: 'Resources over time', term: 'Resource usage', size: 6 }, resourceChart.element),
    panel({ title: 'Rate limiter', size: 12 }, limiter.element),
  )
  return {
    element,
    show({ reading }) {
      const { leveler, autoscaler, rateLimiter, rebalances, processes, durations, settings, pool } = reading.line
      threshold = leveler.threshold
      const state = tones.imbalance(leveler)
      imbalance.set({ value: percent(leveler.imbalanceFactor, 0), ...state, note: `threshold ${percent(threshold, 0)}, ${leveler.strategy === 'per-worker' ? 'a lane for each worker' : 'one line shared by all'}` })
      spread.set([
        ['Average per worker', number(leveler.avgPerWorker)],
        ['Most', number(leveler.maxPerWorker)],
        ['Least', number(leveler.minPerWorker)],
        ['Rebalancings', count(leveler.rebalanceAttempts)],
        ['Items moved', count(leveler.itemsMoved)],
        ['Items stolen by idle workers', count(leveler.stolen)],
      ])
      loads.set(leveler)
      events.set(rebalances.toReversed(), reading.at)
      pools.set(processes)
      mix.set([
        ['Slow in progress', leveler.slowLimit === null ? count(leveler.slowInProgress) : `${count(leveler.slowInProgress)} of at most ${count(leveler.slowLimit)}`],
        ['Kinds of work known', `${count(durations.keys)}, ${count(durations.slowKeys)} of them slow`],
        ['Slow is, from', duration(durations.slowMs)],
        ['Became slow, fast again', `${count(durations.demoted)}, ${count(durations.promoted)}`],
        ['Took longer than foreseen', count(leveler.overran)],
      ])
      showScaler(scaler, scaling, autoscaler, settings, pool, reading.at)
      showLimiter(limiter, rateLimiter, settings)
    },
    draw: (columns) => [imbalanceChart, workersChart, slowChart, movedChart, capacityChart, resourceChart].forEach((chart) => chart.draw(columns)),
  }
}

function showScaler(scaler, scaling, autoscaler, settings, pool, at) {
  if (!autoscaler || !autoscaler.isRunning) {
    scaler.set({ value: plural(pool.workers, 'worker'), word: 'set by hand', note: settings.autoscale ? 'the autoscaler has not looked yet' : 'the autoscaler is off: the setting autoscale turns it on' })
    scaling.set([])
    return
  }
  const { workers, recommended, explanation, limitedBy, min, max, scaledUp, scaledDown, notHelping, plateau, bottleneck, lastScaledAt } = autoscaler
  scaler.set({ value: plural(workers ?? pool.workers, 'worker'), word: recommended === null ? '' : `${recommended} asked for`, tone: limitedBy === 'max' || limitedBy === 'not-helping' ? 'yellow' : 'green', note: explanation ?? 'not looked yet' })
  scaling.set([
    ['Bounds', `${min} to ${max}`],
    ['Held back by', limitedBy ?? 'nothing'],
    ['Scaled up, down', `${count(scaledUp)}, ${count(scaledDown)}`],
    ['Last scaled', lastScaledAt === null ? 'never' : ago(lastScaledAt, at)],
    ['More did not help', `${count(notHelping)} times${plateau === 'held' ? `, held back: ${bottleneck ?? 'unknown'} is the bottleneck` : ''}`],
  ])
}

function showLimiter(limiter, rateLimiter, settings) {
  if (!rateLimiter) {
    limiter.set({ value: 'Off', note: `as many signals come in as there is room for; the setting rate_limit cuts them at a number a second${settings.rate_limit > 0 ? '' : ', now 0'}` })
    return
  }
  const { limit, perMs, burst, totals } = rateLimiter
  limiter.set({ value: perSecond((limit / perMs) * 1_000), word: 'may come in', tone: totals.rejected > 0 ? 'yellow' : 'green', note: `bursts of ${count(burst)}; ${count(totals.admitted)} let in, ${count(totals.rejected)} refused` })
}

/** A column for each worker, with the average as a line across. */
function loadBars() {
  const host = h('ol', { class: 'columns', 'aria-label': 'Load per worker' })
  const says = h('p', { class: 'quiet small' })
  const update = keyed(
    host,
    (_, index) => index,
    (_, index) => {
      const value = h('b')
      const fill = h('span', { class: 'fill', 'aria-hidden': 'true' })
      const element = h('li', {}, value, fill, h('span', {}, h('span', { class: 'hidden-text', text: 'worker ' }), String(index)))
      return {
        element,
        update: ({ load, most, tone }) => {
          setText(value, number(load))
          setVars(fill, { '--ratio': (load / most).toFixed(4) })
          setAttribute(element, 'data-tone', tone)
        },
      }
    },
  )
  return {
    element: h('div', {}, host, says),
    set({ workerLoads, workers, avgPerWorker, depth, leased, imbalanceFactor, threshold, maxPerWorker }) {
      const most = Math.max(8, ...workerLoads)
      const isUneven = imbalanceFactor > threshold && avgPerWorker >= 2
      setVars(host, { '--average': (avgPerWorker / most).toFixed(4) })
      update(workerLoads.map((load) => ({ load, most, tone: isUneven && load === maxPerWorker ? 'yellow' : 'blue' })))
      const more = workers > workerLoads.length ? ` ${count(workers - workerLoads.length)} more are not shown.` : ''
      setText(says, `${plural(depth, 'signal')} waiting and ${count(leased)} in hand; the dashed line is the average of ${number(avgPerWorker)} per worker.${more}`)
    },
  }
}

/** When work was moved, and what that brought. */
function rebalancings() {
  let now = Date.now()
  const events = list({
    keyOf: ({ at, moved }, index) => `${at} ${moved} ${index}`,
    empty: 'No rebalancing yet. Lanes that differ by more than the threshold while work waits are levelled at the next round, every 30 s by default.',
    kind: 'ol',
    scrolls: 'Rebalancing events',
    make: () => {
      const time = h('time')
      const text = h('span')
      return {
        element: h('li', { class: 'entry' }, time, text),
        update: ({ at, before, after, moved, moves }) => {
          time.textContent = clock(at)
          time.title = ago(at, now)
          const ways = moves.map(({ from, to, count: items }) => `${items} from worker ${from} to ${to}`).join(', ')
          text.textContent = moved > 0 ? `${percent(before, 0)} → ${percent(after, 0)}: moved ${ways}` : `${percent(before, 0)}: nothing could be moved to advantage`
        },
      }
    },
  })
  return {
    element: events.element,
    set(items, at) {
      now = at
      events.set(items)
    },
  }
}

const ROLES = { all: 'fast and slow', 'worker-fast': 'fast', 'worker-slow': 'slow', api: 'api', downstream: 'downstream' }

/** Each pool of workers: how busy, how fast, what waits for it. */
function poolTable() {
  const rows = table({
    caption: 'Pools of workers',
    keyOf: ({ id }) => id,
    empty: 'No worker process has told of itself yet.',
    columns: [
      { title: 'Pool', cell: ({ role, pid }) => `${ROLES[role] ?? role} (${pid})` },
      { title: 'Busy', number: true, cell: ({ busy, workers }) => `${busy} of ${workers}` },
      { title: 'Used', number: true, cell: ({ utilization }) => percent(utilization, 0) },
      { title: 'Waiting', number: true, cell: ({ waiting }) => count(waiting) },
      { title: 'Mean time', number: true, cell: ({ meanHandlerMs }) => duration(meanHandlerMs) },
      { title: 'Rate', number: true, cell: ({ processingRate }) => perSecond(processingRate) },
    ],
  })
  return rows
}
