// The five components, each with the number that shows when it holds up the others, and its last minute.
import { h, keyed, setAttribute, setText, sign } from '/page/dom.js'
import { count, duration, perSecond, percent, plural } from '/page/format.js'

const POINTS = 60
const SVG = 'http://www.w3.org/2000/svg'

/** What the numbers of `GET /status` say of each component. `before` is the reading before this one. */
function stationsOf({ ingestion, queue, storage, query, alerting }, before) {
  const grew = (part, name) => (before?.[part] ? Math.max(0, part === 'ingestion' ? ingestion[name] - before.ingestion[name] : storage[name] - before.storage[name]) : 0)
  const refused = grew('ingestion', 'full') + grew('ingestion', 'limited')
  const unavailable = grew('ingestion', 'unavailable')
  const failed = grew('storage', 'failedFlushes')
  const fullRatio = queue.depth / queue.capacity
  const notified = alerting?.notifications
  return [
    {
      id: 'ingestion',
      name: 'Ingestion API',
      tone: unavailable > 0 ? 'red' : refused > 0 ? 'yellow' : 'green',
      level: ingestion.acceptedRate,
      amount: perSecond(ingestion.acceptedRate),
      says: `samples accepted; ${count(ingestion.limited + ingestion.full + ingestion.unavailable)} requests refused so far`,
      naive: 'Phase 0: one request after the other',
    },
    {
      id: 'queue',
      name: 'Queue',
      tone: fullRatio > 0.8 ? 'red' : fullRatio > 0.6 ? 'yellow' : 'green',
      level: queue.depth,
      amount: `${count(queue.depth)} of ${count(queue.capacity)}`,
      says: `${queue.unit} wait: ${percent(fullRatio, 0)} full, the oldest for ${duration(queue.oldestAgeMs)}`,
      naive: 'Phase 0: a list behind a lock, without a bound',
    },
    {
      id: 'storage',
      name: 'Storage Consumer',
      tone: failed > 0 ? 'red' : 'green',
      level: storage.flushMs,
      amount: duration(storage.flushMs),
      says: `for the last flush, of ${plural(storage.flushedSamples, 'sample')}; ${count(storage.samples)} stored`,
      naive: 'Phase 0: a line of a file for each sample',
    },
    {
      id: 'query',
      name: 'Query API',
      tone: query.waiting > 0 ? 'yellow' : 'green',
      level: storage.scanMs,
      amount: duration(storage.scanMs),
      says: `for the last scan; p99 of a minute ${duration(query.p99)}, ${count(query.waiting)} wait`,
      naive: 'Phase 0: reads the file from its beginning',
    },
    {
      id: 'alerting',
      name: 'Alerting Engine',
      tone: !alerting ? 'unknown' : alerting.notifications?.dropped > 0 ? 'yellow' : 'green',
      level: alerting?.evaluationsPerSecond ?? 0,
      amount: alerting ? perSecond(alerting.evaluationsPerSecond) : '–',
      says: alerting ? `evaluations; ${duration(alerting.delayMs)} from sample to notification, ${count(notified?.sent)} sent` : 'not running',
      naive: 'Phase 0: looks every 10 s',
    },
  ]
}

/** A curve of the last readings, as high as the highest of them. The number beside it says the latest. */
function sparkline() {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', `0 0 ${POINTS - 1} 20`)
  svg.setAttribute('preserveAspectRatio', 'none')
  svg.setAttribute('class', 'spark')
  svg.setAttribute('aria-hidden', 'true')
  const line = document.createElementNS(SVG, 'polyline')
  svg.append(line)
  const levels = []
  svg.add = (level) => {
    levels.push(level)
    if (levels.length > POINTS) levels.shift()
    const most = Math.max(...levels) || 1
    const points = levels.map((each, index) => `${POINTS - levels.length + index},${(19 - (18 * each) / most).toFixed(1)}`)
    line.setAttribute('points', points.join(' '))
  }
  return svg
}

/** Shows a reading of `GET /status` in `host`. */
export function components(host) {
  let before
  const update = keyed(
    host,
    ({ id }) => id,
    ({ id }) => {
      const icon = sign()
      const name = h('h3')
      const amount = h('p', { class: 'station-figure' })
      const says = h('p', { class: 'station-says' })
      const naive = h('p', { class: 'station-says naive' })
      const spark = sparkline()
      const element = h('li', { class: 'station', 'data-station': id }, h('div', {}, h('div', { class: 'station-name' }, icon, name), amount, spark, says, naive))
      return {
        element,
        update: (item) => {
          icon.set(item.tone)
          setAttribute(element, 'data-tone', item.tone)
          setText(name, item.name)
          setText(amount, item.amount)
          setText(says, item.says)
          setText(naive, item.naive)
          spark.add(item.level)
        },
      }
    },
  )
  return (reading) => {
    update(stationsOf(reading, before))
    before = reading
  }
}
