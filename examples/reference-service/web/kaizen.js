// Kaizen: measure, improve, measure again.
import { lineChart } from '/board/charts.js'
import { h, keyed, setAttribute, setText, setVars, state } from '/board/dom.js'
import { clock, count, duration, number, percent } from '/board/format.js'
import { bar, facts, figure, panel } from '/board/panels.js'
import { table } from '/board/table.js'
import * as tones from '/board/tones.js'

export const kaizen = { id: 'kaizen', title: 'Kaizen', lead: 'Measure where the time goes, change one thing, and see whether it helped.', make }

/** The parts of a signal's way, in its order: how `/status` calls them, the series of each, and its colour. */
const STAGES = [
  { stage: 'api_receive', key: 'apiReceive', label: 'api_receive', shade: '--slate', dash: 'dotted' },
  { stage: 'enqueue', key: 'enqueue', label: 'enqueue', shade: '--rose', dash: 'dashed' },
  { stage: 'dequeue_wait', key: 'dequeueWait', label: 'dequeue_wait', shade: '--orange', width: 2.5 },
  { stage: 'process_work', key: 'processWork', label: 'process_work', shade: '--blue', width: 2.5 },
  { stage: 'jidoka_check', key: 'jidokaCheck', label: 'jidoka_check', shade: '--violet', dash: 'long' },
  { stage: 'metrics_record', key: 'metricsRecord', label: 'metrics_record', shade: '--teal', dash: 'dotted' },
]

function make() {
  let slaMs = 200
  const percentiles = ['p50', 'p90', 'p99', 'max'].map((name) => ({ name, bar: bar({ name }) }))
  const samples = facts()
  const breakdown = breakdownBars()
  const objectives = ['latency', 'availability'].map((name) => ({ name, ...objective(name) }))
  const experiment = experimentPanel()
  const trendChart = lineChart({
    name: 'Percentile trends',
    format: duration,
    atLeast: () => slaMs * 1.15,
    height: 230,
    series: [
      { key: 'p50', label: 'p50', shade: '--teal' },
      { key: 'p90', label: 'p90', shade: '--orange', dash: 'dashed' },
      { key: 'p99', label: 'p99', shade: '--violet', width: 3 },
    ],
    lines: [{ at: () => slaMs, shade: '--red', label: 'promise: p99 below 200 ms', keep: true }],
  })
  const stagesChart = lineChart({ name: 'Breakdown over time', format: duration, atLeast: 10, height: 300, series: STAGES })
  const burnChart = lineChart({
    name: 'Burn rate',
    format: number,
    atLeast: 2,
    height: 180,
    series: [
      { key: 'latencyBurn', label: 'latency, 1 h', shade: '--violet' },
      { key: 'availabilityBurn', label: 'availability, 1 h', shade: '--blue', dash: 'dashed' },
      { key: 'latencyBurnLong', label: 'latency, long', shade: '--rose', dash: 'dotted' },
      { key: 'availabilityBurnLong', label: 'availability, long', shade: '--teal', dash: 'long' },
    ],
    lines: [{ at: 1, shade: '--yellow', label: 'sustainable', keep: true }, { at: 14.4, shade: '--red', label: 'budget gone in two days' }],
  })
  const budgetChart = lineChart({
    name: 'Error budget left',
    format: percent,
    atLeast: 1.05,
    height: 180,
    series: [
      { key: 'latencyBudget', label: 'latency', shade: '--violet', width: 2.5 },
      { key: 'availabilityBudget', label: 'availability', shade: '--blue', dash: 'dashed', width: 2.5 },
    ],
  })
  const trend = figure()

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Percentiles', size: 4 }, h('div', { class: 'bars' }, percentiles.map(({ bar }) => bar.element)), h('h4', { text: 'The last minute' }), samples.element),
    panel({ title: 'Percentile trends', size: 8 }, trend.element, trendChart.element),
    panel({ title: 'Where the time goes', size: 6 }, breakdown.element),
    panel({ title: 'Breakdown over time', size: 6 }, stagesChart.element),
    ...objectives.map(({ name, element }) => panel({ title: name === 'latency' ? 'Latency objective' : 'Availability objective', term: 'Error budget', size: 6 }, element)),
    panel({ title: 'Error budget over time', term: 'Error budget', size: 6 }, budgetChart.element),
    panel({ title: 'Burn rate', size: 6 }, burnChart.element),
    panel({ title: 'Experiment', size: 12 }, experiment.element),
  )
  return {
    element,
    show({ reading, live }) {
      const { line, values } = reading
      const { latency } = line
      slaMs = reading.slaMs
      const most = Math.max(slaMs, latency.max ?? 0)
      for (const { name, bar } of percentiles) bar.set({ ratio: (latency[name] ?? 0) / most, text: duration(latency[name]), ...(name === 'p99' && { tone: tones.latency(latency.p99, slaMs).tone }) })
      samples.set(samplesOf(latency))
      trend.set(trendOf(live, values))
      breakdown.set(line.breakdown)
      for (const { name, set } of objectives) set(line.slo[name])
      experiment.set(line.experiment)
    },
    draw: (columns) => [trendChart, stagesChart, burnChart, budgetChart].forEach((chart) => chart.draw(columns)),
  }
}

function samplesOf({ count: samples, mean, min, max, p50, p99 }) {
  const spread = p50 && p99 ? p99 / p50 : null
  return [
    ['Samples', count(samples)],
    ['Mean', duration(mean)],
    ['Fastest', duration(min)],
    ['Slowest', duration(max)],
    ['p99 ÷ p50', spread === null ? '–' : `${number(spread)} ×`, spread === null ? undefined : spread > 10 ? 'yellow' : 'green'],
  ]
}

/** Whether p99 is better or worse than it was: the last minute against the four before. */
function trendOf({ values }, { p99 }) {
  const column = values.p99 ?? []
  const recent = tones.lately(column.slice(-60), 60)
  const before = tones.lately(column.slice(0, -60), 240)
  if (p99 === null || recent === null) return { value: 'No signals', note: 'send some to see a trend', tone: 'unknown' }
  if (before === null || column.length < 120) return { value: `p99 ${duration(p99)}`, note: 'too early to tell a trend' }
  const change = recent / before - 1
  const word = Math.abs(change) < 0.1 ? 'steady' : change < 0 ? 'improving' : 'degrading'
  return { value: `p99 ${duration(p99)}`, word, tone: word === 'degrading' ? 'yellow' : 'green', note: `${change > 0 ? '+' : ''}${percent(change, 0)} in the last minute, against the four before` }
}

/** A bar for each part, for all signals and for the slowest. */
function breakdownBars() {
  const total = figure()
  const all = stageBars('mean', 'share')
  const slowest = stageBars('slowestMean', 'slowestShare')
  const title = h('h4')
  return {
    element: h('div', {}, total.element, all.element, title, slowest.element),
    set({ stages, mean, slowestCount, count: records }) {
      const longest = stages.toSorted((a, b) => (b.mean ?? 0) - (a.mean ?? 0))[0]
      total.set(
        mean === null || !longest
          ? { value: 'No signals', note: 'in the last minute' }
          : { value: duration(mean), word: 'on average', note: `${longest.stage} takes the most: ${adviceOn(longest.stage)}` },
      )
      title.hidden = records === 0
      setText(title, `In the ${count(slowestCount)} slowest signals`)
      const ordered = STAGES.flatMap(({ stage }) => stages.filter((each) => each.stage === stage))
      all.set(ordered)
      slowest.set(ordered)
    },
  }
}

function stageBars(mean, share) {
  const element = h('div', { class: 'bars' })
  const set = keyed(
    element,
    ({ stage }) => stage,
    ({ stage }) => {
      const part = bar({ name: stage })
      return { element: part.element, update: (item) => part.set({ ratio: item[share], text: `${duration(item[mean])} · ${percent(item[share] ?? 0, 0)}` }) }
    },
  )
  return { element, set }
}

function adviceOn(stage) {
  return (
    {
      dequeue_wait: 'waiting asks for more workers',
      process_work: 'the task itself is where an improvement pays',
      jidoka_check: 'look at the downstream',
    }[stage] ?? 'the service itself is what is slow'
  )
}

/** One objective: how good it is, what is left of its budget, how fast that burns. */
function objective(name) {
  const now = figure()
  const left = bar({ name: 'Budget left' })
  const about = facts()
  const rows = table({
    caption: `Burn rates of the ${name} objective`,
    keyOf: ({ longMs, shortMs }) => `${longMs} ${shortMs}`,
    empty: 'No burn rates are watched.',
    columns: [
      { title: 'Over', cell: ({ longMs, shortMs }) => `${duration(longMs).replace(' min 0 s', ' min')} and ${duration(shortMs).replace(' min 0 s', ' min')}` },
      { title: 'Burn rate', number: true, cell: ({ longBurnRate }) => number(longBurnRate) },
      { title: 'Limit', number: true, cell: ({ factor }) => number(factor) },
      {
        title: 'Status',
        cell: ({ isBurning, severity, longBurnRate }, cell = state()) => (cell.set(isBurning ? tones.severity(severity) : isBurning === null || longBurnRate === null ? 'unknown' : 'green', isBurning ? 'burning' : isBurning === null || longBurnRate === null ? 'not enough data' : 'fine'), cell),
      },
    ],
  })
  return {
    element: h('div', {}, now.element, h('div', { class: 'bars' }, left.element), about.element, h('h4', { text: 'Burn rates' }), rows.element),
    set({ target, threshold, goodRatio, budgetRemaining, total, bad, exhaustsAt, alerts, period }) {
      const promise = threshold === null ? `${percent(target, 1)} of signals done` : `${percent(target, 1)} within ${duration(threshold)}`
      const budget = tones.budget(budgetRemaining)
      now.set({ value: goodRatio === null ? 'No signals' : percent(goodRatio, 2), word: goodRatio === null ? '' : goodRatio >= target ? 'kept' : 'missed', tone: goodRatio === null ? 'unknown' : goodRatio >= target ? 'green' : 'red', note: `objective: ${promise}` })
      left.set({ ratio: budgetRemaining, text: percent(budgetRemaining, 0), tone: budget.tone })
      about.set([
        ['Signals counted', count(total)],
        ['Bad ones', count(bad), bad > 0 ? 'yellow' : undefined],
        ['Period', period.kind === 'rolling' ? `the last ${duration(period.ms)}` : `this ${period.unit}`],
        ['Budget used up', exhaustsAt ? `${new Date(exhaustsAt).toLocaleDateString('en')} ${clock(exhaustsAt, false)}, if it goes on like this` : 'not in sight'],
      ])
      rows.set(alerts)
    },
  }
}

const VERDICTS = { improved: 'green', regressed: 'red', equivalent: 'green', inconclusive: 'yellow' }

/** The experiment that runs or ran last, and its verdict. */
function experimentPanel() {
  const verdict = figure()
  const about = facts()
  const scale = intervalScale()
  const none = h('p', { class: 'empty quiet' }, 'No experiment yet. Lab 4 starts one: ', h('code', { text: `POST /admin/experiments {"treatment":{"workers":4}}` }), ' compares two against four workers while both get the same load.')
  const shown = h('div', { class: 'split' }, h('div', {}, verdict.element, scale.element), about.element)
  return {
    element: h('div', {}, none, shown),
    set(experiment) {
      none.hidden = experiment !== null
      shown.hidden = experiment === null
      if (!experiment) return
      const { result, blocks, elapsedMs, variant, washedOut } = experiment
      const { effect, baseline, candidate, metric } = result
      const measure = metric === 'mean' ? 'mean' : `p${number(metric.quantile * 100)}`
      verdict.set({ value: result.verdict[0].toUpperCase() + result.verdict.slice(1), tone: VERDICTS[result.verdict] ?? 'unknown', note: result.reason })
      scale.set(effect, result.equivalenceRatio)
      about.set([
        ['Experiment', experiment.name],
        [`${baseline.variant}: ${measure} of ${count(baseline.count)}`, duration(baseline.value)],
        [`${candidate.variant}: ${measure} of ${count(candidate.count)}`, duration(candidate.value)],
        ['Change', effect ? `${percent(effect.ratio - 1, 1)} (${percent(effect.low - 1, 1)} to ${percent(effect.high - 1, 1)})` : 'not known yet'],
        ['Smallest change it would find', percent(result.detectableRatio, 1)],
        ['Turns compared', `${count(blocks)} blocks in ${duration(elapsedMs)}, ${count(washedOut)} signals left out after a switch`],
        ['Whose turn it is', variant],
      ])
    },
  }
}

/** The interval of the effect on a line: left is better where lower is. */
function intervalScale() {
  const range = h('span', { class: 'interval' })
  const element = h('div', { class: 'scale', 'aria-hidden': 'true' }, h('span', { class: 'zero' }), range)
  return {
    element,
    set(effect) {
      setAttribute(element, 'hidden', effect ? null : '')
      if (!effect) return
      const place = (ratio) => Math.max(0, Math.min(1, 0.5 + Math.log(ratio) / 2 / Math.log(2)))
      setVars(range, { '--from': place(effect.low).toFixed(4), '--to': place(effect.high).toFixed(4) })
    },
  }
}
