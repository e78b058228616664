// The list of transitions, on the boards where it is of use.
import { h, setText, state } from '/board/dom.js'
import { clock, duration } from '/board/format.js'
import { list } from '/board/panels.js'
import { circuit } from '/board/tones.js'

const LAMPS = { green: 'green', yellow: 'yellow', red: 'red' }
const ALERTS = { firing: 'red', pending: 'yellow', inactive: 'green' }

function toneOf({ kind, to }) {
  if (kind === 'circuit') return circuit(to).tone
  if (kind === 'lamp') return LAMPS[to] ?? 'unknown'
  if (kind === 'alert') return ALERTS[to] ?? 'unknown'
  if (kind === 'cord') return to === 'pulled' ? 'red' : 'green'
  return { healthy: 'green', unhealthy: 'red' }[to] ?? 'unknown'
}

function wordsOf({ kind, from, to, name }) {
  if (kind === 'circuit') return `Circuit ${name}: ${circuit(from).word.toLowerCase()} → ${circuit(to).word.toLowerCase()}`
  if (kind === 'alert') return `${name}: ${to === 'inactive' ? 'resolved' : to}`
  if (kind === 'lamp') return `Lamp: ${from} → ${to}`
  if (kind === 'cord') return to === 'pulled' ? 'The cord was pulled' : 'The cord was released'
  return `Downstream: ${from} → ${to}`
}

/** A list of transitions. `set(transitions)` takes them the latest first. */
export function diary(empty) {
  return list({
    empty,
    kind: 'ol',
    scrolls: 'Transitions',
    keyOf: ({ at, kind, name, to }) => `${at} ${kind} ${name} ${to}`,
    make: (transition) => {
      const { at, afterMs } = transition
      const what = state(toneOf(transition), wordsOf(transition))
      const more = h('span', { class: 'quiet small' })
      setText(more, afterMs === null ? '' : ` after ${duration(afterMs)}`)
      return { element: h('li', { class: 'entry' }, h('time', { datetime: new Date(at).toISOString(), text: clock(at) }), h('span', {}, what, more)), update: () => {} }
    },
  })
}
