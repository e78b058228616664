// Rules and alerts, beside the samples that they are about.
import { h, keyed, setText, state } from '/page/dom.js'
import { ago, clock, duration, plural, sample } from '/page/format.js'
import { keyOf } from '/page/key.js'
import { table } from '/page/table.js'
import { view } from '/page/view.js'

const WORDS = { ok: 'Not firing', pending: 'Pending', firing: 'Firing' }
const SHOWN_EVENTS = 50

/** Colour never stands alone: the word says the same. */
const toneOf = (name, severity = 'red') => ({ ok: 'green', pending: 'yellow', firing: severity })[name] ?? 'unknown'
const wordOf = (name) => WORDS[name] ?? name
/** Why nobody is told of an alert, or who looks after it. */
const notesOf = ({ acknowledgedBy, silencedBy, inhibitedBy }) => (silencedBy ? ', silenced' : inhibitedBy ? ', part of another alert' : acknowledgedBy ? `, seen by ${acknowledgedBy}` : '')
const labelsOf = (labels = {}) => Object.entries(labels).map(([name, value]) => `${name}: ${value}`).join(', ')

/** What an alert says: its value with how many samples that is of, against its threshold. */
const valueOf = ({ value, threshold, samples }) => {
  return `${sample(value)} of ${plural(samples, 'sample')}, threshold ${sample(threshold)}`
}

/** Alerts that are pending or firing. */
export function alertTable() {
  const rows = table({
    caption: 'Active alerts',
    keyOf: ({ id }) => id,
    empty: 'No alert is pending or firing.',
    columns: [
      { title: 'State', cell: ({ state: name, severity }, cell = state()) => (cell.set(toneOf(name, severity), wordOf(name)), cell) },
      { title: 'Alert', cell: (alert) => alert.rule + notesOf(alert) },
      { title: 'When', cell: ({ expression }, cell = h('code')) => (setText(cell, expression), cell) },
      { title: 'Value', cell: valueOf },
      { title: 'Labels', cell: ({ labels }) => labelsOf(labels) || '–' },
      { title: 'Since', cell: ({ since }) => `${clock(since)}, ${ago(since, view.now())}` },
    ],
  })
  return { element: rows.element, set: (alerts) => rows.set(alerts) }
}

/** The rules, in what state each is, and a way to see what it looks at. */
export function ruleTable() {
  const rows = table({
    caption: 'Rules',
    keyOf: ({ name }) => name,
    empty: 'There is no rule.',
    columns: [
      { title: 'State', cell: ({ state: name, severity }, cell = state()) => (cell.set(toneOf(name, severity), wordOf(name)), cell) },
      { title: 'Rule', cell: ({ name }) => name },
      { title: 'When', cell: ({ expression }, cell = h('code')) => (setText(cell, expression), cell) },
      { title: 'For', number: true, cell: ({ forMs }) => (forMs > 0 ? duration(forMs).replace(' min 0 s', ' min') : 'at once') },
      { title: 'Now', number: true, cell: ({ value, samples }) => (value !== null ? `${sample(value)} (${plural(samples, 'sample')})` : 'no samples') },
      { title: '', cell: (rule, cell) => seriesButton(rule, cell) },
    ],
  })
  return { element: rows.element, set: (rules) => rows.set(rules) }
}

/** Chooses the series that a rule looks at, the worst ones when there are many. */
function seriesButton(rule, known) {
  const button = known ?? h('button', { class: 'button', type: 'button', 'aria-label': `Show the samples of ${rule.name}`, text: 'Show' })
  button.onclick = () => {
    const keys = rule.series.length > 0 ? rule.series.slice(0, 5).map(({ tags }) => keyOf({ name: rule.metric, tags })) : [rule.metric]
    for (const key of keys) view.toggle(key, true)
    document.getElementById('explore').scrollIntoView({ block: 'nearest' })
  }
  return button
}

/** What became of alerts, the latest first. */
export function eventList() {
  const host = h('ol', { class: 'events scroll', tabindex: '0', 'aria-label': 'What has happened' })
  const none = h('p', { class: 'empty quiet', text: 'Nothing has fired or resolved yet.' })
  let severities = new Map()
  const update = keyed(
    host,
    ({ at, id, to }) => `${at} ${id} ${to}`,
    ({ at, rule, to, value, labels }) => {
      const more = [value === null ? '' : sample(value), labelsOf(labels)].filter(Boolean).join(', ')
      const word = state(toneOf(to, severities.get(rule)), to === 'ok' ? 'Resolved' : wordOf(to))
      return { element: h('li', { class: 'entry' }, h('time', { datetime: new Date(at).toISOString(), text: clock(at) }), h('span', {}, word, ` ${rule}${more ? `: ${more}` : ''}`)), update: () => {} }
    },
  )
  const set = (events, rules) => {
    severities = new Map(rules.map(({ name, severity }) => [name, severity]))
    host.hidden = events.length === 0
    none.hidden = events.length > 0
    update(events.slice(0, SHOWN_EVENTS))
  }
  set([], [])
  return { element: h('div', {}, host, none), set }
}

/** Lines for the chart: the thresholds of the rules about the metrics that are shown. */
export function thresholdsOf(rules, names) {
  return rules
    .filter(({ metric }) => names.has(metric))
    .map(({ name, expression, threshold, severity, state: now }) => ({ label: `${name}: ${expression}`, value: threshold, tone: now === 'firing' ? severity : 'yellow' }))
}
