// Andon: a problem that is seen can be solved.
import { admin, outcome } from '/board/admin.js'
import { lineChart } from '/board/charts.js'
import { diary } from '/board/diary.js'
import { h, keyed, setAttribute, setText, sign, state } from '/board/dom.js'
import { ago, clock, count, duration, number, percent } from '/board/format.js'
import { figure, list, panel } from '/board/panels.js'
import { table } from '/board/table.js'
import * as tones from '/board/tones.js'

export const andon = { id: 'andon', title: 'Andon', lead: 'Problems are made visible at once, with who is needed and what to do next.', make }

function make() {
  const lamps = stationLamps()
  const latency = figure()
  const errors = figure()
  const breaker = figure()
  const active = activeAlerts()
  const rules = ruleTable()
  const findings = diagnosis()
  const cord = cordPanel()
  const log = diary('No transition yet: nothing has changed since the service started.')
  const chart = lineChart({
    name: 'Alerts over time',
    format: count,
    atLeast: 3,
    height: 120,
    series: [
      { key: 'firing', label: 'firing', shade: '--red', step: true, fill: true, width: 2.5 },
      { key: 'pending', label: 'pending', shade: '--yellow', step: true, dash: 'dashed' },
    ],
  })
  let now = Date.now()
  const past = table({
    caption: 'Alert history',
    keyOf: ({ fingerprint, endsAt }) => `${fingerprint} ${endsAt}`,
    empty: 'No alert has fired and resolved yet.',
    columns: [
      { title: 'Alert', cell: ({ rule, severity }, cell) => cell ?? state(tones.severity(severity), rule) },
      { title: 'Why', cell: ({ summary }) => summary },
      { title: 'Fired', cell: ({ startsAt }) => (startsAt ? clock(startsAt) : '–') },
      { title: 'Lasted', number: true, cell: ({ startsAt, activeSince, endsAt }) => duration(new Date(endsAt) - new Date(startsAt ?? activeSince)) },
      { title: 'Resolved', cell: ({ endsAt }) => (endsAt ? ago(endsAt, now) : '–') },
    ],
  })

  const element = h(
    'div',
    { class: 'grid' },
    panel({ title: 'Lamps', size: 12 }, lamps.element),
    panel({ title: 'Active alerts', size: 8 }, active.element, chart.element),
    panel({ title: 'Cord', size: 4 }, cord.element),
    panel({ title: 'Diagnosis', size: 8 }, findings.element),
    panel({ title: 'Transitions', size: 4, tall: true }, log.element),
    panel({ title: 'Processing latency', size: 4 }, latency.element),
    panel({ title: 'Error rate', size: 4 }, errors.element),
    panel({ title: 'Circuit breaker', size: 4 }, breaker.element),
    panel({ title: 'Alert rules', size: 6 }, rules.element),
    panel({ title: 'Alert history', size: 6 }, past.element),
  )
  return {
    element,
    show({ reading, rules: watched }) {
      now = reading.at
      const { values, line, slaMs } = reading
      lamps.set(line.board.stations, now)
      latency.set({ value: `p99 ${duration(values.p99)}`, ...tones.latency(values.p99, slaMs), note: `the promise is ${duration(slaMs)}` })
      errors.set({ value: percent(values.errorRatio), ...tones.errors(values.errorRatio), note: 'of the last minute’s signals' })
      const circuit = tones.circuit(line.breaker.state)
      breaker.set({ value: circuit.word, word: `state ${circuit.number}`, tone: circuit.tone, note: `for ${duration(line.breaker.stateForMs)}` })
      active.set(line.alerts, now)
      rules.set(watched, line.alerts)
      findings.set(line.diagnosis)
      cord.set(line.board.cord, now)
      log.set(reading.transitions)
      past.set(line.alertHistory)
    },
    draw: (columns) => chart.draw(columns),
  }
}

/** A lamp for each station, with the reading behind its colour. */
function stationLamps() {
  const host = h('ul', { class: 'line', 'data-apart': true })
  let now = Date.now()
  const update = keyed(
    host,
    ({ station }) => station,
    ({ station }) => {
      const icon = sign()
      const word = h('span', { class: 'station-figure' })
      const says = h('span', { class: 'station-says' })
      const name = h('span', { class: 'station-name' }, icon, station[0].toUpperCase() + station.slice(1))
      const element = h('li', { class: 'station lamp-of' }, station === 'andon' ? h('div', {}, name, word, says) : h('a', { href: `#${station}` }, name, word, says))
      return {
        element,
        update: ({ colour, why, since }) => {
          icon.set(colour)
          setAttribute(element, 'data-tone', colour)
          setText(word, { green: 'Green', yellow: 'Yellow', red: 'Red', unknown: 'Unknown' }[colour])
          setText(says, `${why}, since ${ago(since, now).replace(' ago', '')}`)
        },
      }
    },
  )
  return {
    element: host,
    set(stations, at) {
      now = at
      update(stations)
    },
  }
}

/** Firing and pending alerts, with what can be done about them. */
function activeAlerts() {
  let now = Date.now()
  const result = outcome()
  const by = () => 'the board'
  const act = (button, work, done) => void result.run(button, work, done)
  const rows = table({
    caption: 'Active alerts',
    keyOf: ({ fingerprint }) => fingerprint,
    empty: 'No alert is pending or firing: nothing calls for anybody.',
    columns: [
      { title: 'State', cell: ({ state: name, severity }, cell = state()) => (cell.set(name === 'firing' ? tones.severity(severity) : 'yellow', name), cell) },
      { title: 'Alert', cell: ({ rule }) => rule },
      { title: 'Why', cell: ({ summary, value }) => `${summary}${value === null ? '' : `: ${number(value)}`}` },
      { title: 'Since', cell: ({ activeSince }) => ago(activeSince, now) },
      { title: 'Who', cell: ({ acknowledgedBy, silencedBy }) => (acknowledgedBy ? `seen by ${acknowledgedBy}` : silencedBy ? 'silenced' : '–') },
      { title: '', cell: (alert, cell) => actionsOf(alert, cell) },
    ],
  })
  const actionsOf = (alert, cell) => {
    const part = cell ?? makeActions(alert)
    const [acknowledge, silence] = part.children
    acknowledge.hidden = alert.state !== 'firing' || alert.acknowledgedBy !== undefined
    setText(silence, alert.silencedBy ? 'End silence' : 'Silence 10 min')
    part.silencedBy = alert.silencedBy
    return part
  }
  const makeActions = ({ fingerprint, rule }) => {
    const acknowledge = h('button', { class: 'button', type: 'button', 'aria-label': `Acknowledge ${rule}`, text: 'Acknowledge' })
    const silence = h('button', { class: 'button', type: 'button', 'aria-label': `Silence ${rule}`, text: 'Silence 10 min' })
    const part = h('div', { class: 'actions' }, acknowledge, silence)
    acknowledge.addEventListener('click', () => act(acknowledge, () => admin('POST', 'alerts/acknowledge', { fingerprint, by: by() }), () => `${rule} is acknowledged: no repeats until it has resolved.`))
    silence.addEventListener('click', () =>
      part.silencedBy
        ? act(silence, () => admin('DELETE', `alerts/silences/${part.silencedBy}`), () => `${rule} is told again.`)
        : act(silence, () => admin('POST', 'alerts/silences', { rule, for_ms: 600_000, by: by() }), ({ ends_at }) => `${rule} is silenced until ${clock(ends_at, false)}.`),
    )
    return part
  }
  return {
    element: h('div', {}, rows.element, result.element),
    set(alerts, at) {
      now = at
      rows.set(alerts)
    },
  }
}

/** The rules, and in what state each is. */
function ruleTable() {
  let alerts = new Map()
  const rows = table({
    caption: 'Alert rules',
    keyOf: ({ name }) => name,
    empty: 'No rules.',
    columns: [
      { title: 'Rule', cell: ({ name }) => name },
      { title: 'When', cell: ({ summary }) => summary },
      { title: 'For', number: true, cell: ({ forMs }) => duration(forMs).replace(' min 0 s', ' min') },
      {
        title: 'Status',
        cell: ({ name, severity }, cell = state()) => {
          const now = alerts.get(name)
          cell.set(now === 'firing' ? tones.severity(severity) : now === 'pending' ? 'yellow' : 'green', now === 'firing' ? 'Firing' : now === 'pending' ? 'Pending' : 'Not firing')
          return cell
        },
      },
    ],
  })
  return {
    element: rows.element,
    set(rules, active) {
      alerts = new Map(active.map(({ rule, state }) => [rule, state]))
      rows.set(rules)
    },
  }
}

/** What is wrong, the likely cause, and what to do next. */
function diagnosis() {
  const well = [sign('green'), ' Nothing is wrong: none of the decision trees finds a problem in the readings of now.']
  const cases = list({
    keyOf: ({ tree }) => tree,
    empty: well,
    kind: 'ul',
    make: () => {
      const icon = sign()
      const title = h('span')
      const cause = h('p')
      const also = h('p', { class: 'quiet' })
      const steps = h('ol')
      const over = h('p', { class: 'quiet small' })
      const element = h('li', { class: 'finding' }, h('h4', {}, icon, title), cause, also, steps, over)
      return {
        element,
        update: ({ severity, scenario, likelyCause, alsoLikely, nextSteps, resolvedWhen, source }) => {
          icon.set(tones.severity(severity))
          setAttribute(element, 'data-tone', tones.severity(severity))
          setText(title, `${scenario} (${severity})`)
          setText(cause, `Likely cause: ${likelyCause}`)
          setText(also, alsoLikely.length > 0 ? `Also possible: ${alsoLikely.join(' ')}` : '')
          if (steps.dataset.text !== nextSteps.join('\n')) {
            steps.dataset.text = nextSteps.join('\n')
            steps.replaceChildren(...nextSteps.map((text) => h('li', { text })))
          }
          setText(over, `Over when: ${resolvedWhen.join(' ')} (${source})`)
        },
      }
    },
  })
  const incident = h('p', { class: 'small' })
  return {
    element: h('div', {}, incident, cases.element),
    set({ findings, incident: level }) {
      setText(incident, level && level.level !== 'green' ? `${level.meaning}. ${level.action}` : '')
      cases.set(findings)
    },
  }
}

/** The cord: who holds it, and the way to pull and release it. */
function cordPanel() {
  const now = figure()
  const result = outcome()
  const by = h('input', { name: 'by', required: true, maxlength: '200', autocomplete: 'name' })
  const reason = h('input', { name: 'reason', required: true, maxlength: '200', autocomplete: 'off' })
  const pull = h('button', { class: 'button', type: 'submit', 'data-tone': 'red', text: 'Pull the cord' })
  const release = h('button', { class: 'button', type: 'button', text: 'Release, run again' })
  const form = h('form', { class: 'form', 'aria-label': 'Pull the cord' }, h('label', {}, 'Your name', by), h('label', {}, 'What is wrong', reason), pull)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void result.run(pull, () => admin('POST', 'cord', { by: by.value, reason: reason.value }), () => 'The line stops. Accepted signals wait.').then((done) => done && (reason.value = ''))
  })
  release.addEventListener('click', () => void result.run(release, () => admin('DELETE', 'cord'), () => 'The line runs again.'))
  return {
    element: h('div', {}, now.element, form, h('div', { class: 'actions form' }, release), result.element),
    set({ isPulled, pulls, stoppedMs, pulled }) {
      release.parentElement.hidden = !isPulled
      const [first] = pulls
      now.set(isPulled ? { value: 'Pulled', tone: 'red', word: `for ${duration(stoppedMs)}`, note: `${first.by}: ${first.reason}${pulls.length > 1 ? `, and ${pulls.length - 1} more` : ''}` } : { value: 'Released', tone: 'green', word: 'the line runs', note: pulled > 0 ? `pulled ${count(pulled)} times since the start` : 'nobody has pulled it yet' })
    },
  }
}
