// The live board: one stream of readings, drawn as they come.
import uPlot from '/board/uPlot.esm.js'

const KEPT = 300
const readings = []
const byId = (id) => document.getElementById(id)
const number = (value, digits = 0) => (value === null || value === undefined ? '–' : value.toFixed(digits))
const text = (id, value) => {
  const element = byId(id)
  if (element.textContent !== value) element.textContent = value
}
const tone = (id, value) => byId(id).setAttribute('data-tone', value)
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

function lineChart(id, series, options = {}) {
  const host = byId(id)
  const axis = { stroke: () => color('--quiet'), grid: { stroke: () => color('--line'), width: 1 } }
  const clockAxis = { ...axis, space: 80, incrs: [1, 5, 10, 15, 30, 60], values: (_, seconds) => seconds.map((s) => new Date(s * 1000).toTimeString().slice(0, 8)) }
  const chart = new uPlot(
    {
      width: host.clientWidth,
      height: 190,
      cursor: { y: false },
      series: [{}, ...series.map(({ label, shade, digits = 0 }) => ({ label, stroke: () => color(shade), width: 2, points: { show: false }, value: (_, v) => number(v, digits) }))],
      axes: [clockAxis, { ...axis, size: 45 }],
      legend: { live: false },
      scales: { y: { range: (_, min, max) => [0, Math.max(options.atLeast ?? 1, (max ?? 0) * 1.1)] } },
      hooks: { drawClear: options.behind ? [options.behind] : [] },
    },
    [[], ...series.map(() => [])],
    host,
  )
  new ResizeObserver(() => chart.setSize({ width: host.clientWidth, height: 190 })).observe(host)
  return () => chart.setData([readings.map((r) => r.at / 1000), ...series.map(({ read }) => readings.map(read))])
}

/** A horizontal band or line behind the curves, in values of the y axis. */
const band = (shade, from, to) => (chart) => {
  const top = chart.valToPos(to(), 'y', true)
  const bottom = chart.valToPos(from(), 'y', true)
  const { left, width } = chart.bbox
  chart.ctx.save()
  chart.ctx.globalAlpha = 0.18
  chart.ctx.fillStyle = color(shade)
  chart.ctx.fillRect(left, top, width, Math.max(2, bottom - top))
  chart.ctx.restore()
}

const latest = () => readings.at(-1)
const draw = [
  lineChart(
    'latency-chart',
    [
      { label: 'p50', shade: '--green', digits: 1, read: (r) => r.p50 },
      { label: 'p90', shade: '--yellow', digits: 1, read: (r) => r.p90 },
      { label: 'p99', shade: '--red', digits: 1, read: (r) => r.p99 },
    ],
    { atLeast: 50, behind: band('--red', () => latest()?.slaMs ?? 0, () => latest()?.slaMs ?? 0) },
  ),
  lineChart(
    'throughput-chart',
    [
      { label: 'in', shade: '--blue', digits: 1, read: (r) => r.incomingRate },
      { label: 'done', shade: '--green', digits: 1, read: (r) => r.processingRate },
      { label: 'refused', shade: '--red', digits: 1, read: (r) => r.rejectionRate },
    ],
    { atLeast: 5 },
  ),
  lineChart('depth-chart', [{ label: 'waiting', shade: '--blue', read: (r) => r.depth }], {
    atLeast: 10,
    behind: band('--green', () => (latest()?.capacity ?? 0) * 0.4, () => (latest()?.capacity ?? 0) * 0.6),
  }),
]

const BREAKER = {
  closed: ['Closed', 'green'],
  open: ['Open', 'red'],
  'half-open': ['Half-open', 'yellow'],
  'forced-open': ['Forced open', 'red'],
  disabled: ['Disabled', 'yellow'],
}
const LAMPS = { green: 'All is well', yellow: 'Look at it', red: 'The line has a problem' }

function show(reading) {
  byId('lamp').setAttribute('data-lamp', reading.lamp)
  text('lamp-name', LAMPS[reading.lamp])
  text('lamp-why', reading.why)
  const [name, shade] = BREAKER[reading.breaker] ?? [reading.breaker, 'yellow']
  text('breaker', name)
  tone('breaker', shade)
  text('breaker-note', reading.retryAfterMs ? `next probe in ${Math.ceil(reading.retryAfterMs / 1000)} s` : `${reading.breakerRejected} refused so far`)
  text('depth', `${reading.depth} of ${reading.capacity}`)
  byId('depth-meter').value = reading.depth / reading.capacity
  text('latency', [reading.p50, reading.p90, reading.p99].map((ms) => number(ms)).join(' / '))
  tone('latency', reading.p99 > reading.slaMs ? 'red' : 'green')
  text('throughput', `${number(reading.processingRate, 1)} /s`)
  text('throughput-note', `${number(reading.incomingRate, 1)} /s coming in, ${reading.completed} done so far`)
  text('errors', `${number(reading.errorRatio * 100, 1)} %`)
  tone('errors', reading.errorRatio > 0.05 ? 'red' : reading.errorRatio > 0.01 ? 'yellow' : 'green')
  text('errors-note', `${reading.deadLetters} dead letters`)
  text('workers', `${reading.busy} of ${reading.workers} busy`)
  text('workers-note', `${number(reading.utilization * 100)} % utilization`)
  showLoads(reading.workerLoads)
  showAlerts(reading.alerts)
}

function showLoads(loads) {
  const host = byId('loads')
  const most = Math.max(10, ...loads)
  host.replaceChildren(
    ...loads.slice(0, 16).map((load, worker) => {
      const label = document.createElement('label')
      const bar = Object.assign(document.createElement('progress'), { max: most, value: load })
      label.append(`worker ${worker}`, bar, String(load))
      return label
    }),
  )
}

function showAlerts(alerts) {
  const items = alerts.map(({ name, state, severity, summary }) => Object.assign(document.createElement('li'), { className: severity, textContent: `${name} (${state}): ${summary}` }))
  byId('alerts').replaceChildren(...(items.length > 0 ? items : [Object.assign(document.createElement('li'), { className: 'quiet', textContent: 'none' })]))
}

function add(...news) {
  readings.push(...news)
  if (readings.length > KEPT) readings.splice(0, readings.length - KEPT)
  for (const redraw of draw) redraw()
  const last = latest()
  if (last) show(last)
}

text('curl', `curl -X POST ${location.origin}/signal -H 'Content-Type: application/json' \\\n  -d '{"signal_type":"execute","payload":{"task":"hello"}}'`)
const events = new EventSource('/board/events')
events.addEventListener('history', ({ data }) => {
  readings.length = 0
  add(...JSON.parse(data))
})
events.addEventListener('reading', ({ data }) => add(JSON.parse(data)))
events.addEventListener('open', () => text('connection', 'live'))
events.addEventListener('error', () => {
  text('connection', 'connection lost, trying again')
  byId('lamp').setAttribute('data-lamp', 'unknown')
  text('lamp-name', 'No connection')
  text('lamp-why', 'the readings below are old')
})
