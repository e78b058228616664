// What every board is made of: panels, figures, tables, meters, and the explanations behind the "i".
import { h, keyed, setAttribute, setText, setVars, sign } from '/board/dom.js'
import { GLOSSARY } from '/board/glossary.js'

let ids = 0
const nextId = (prefix) => `${prefix}-${++ids}`

// One bubble serves all: shown on hover and focus, closed by Escape, read as the description of its button.
const bubble = h('div', { class: 'bubble', role: 'tooltip', id: 'bubble', hidden: true })
document.body.append(bubble)
let shownFor

function showBubble(button, text) {
  setText(bubble, text)
  bubble.hidden = false
  shownFor = button
  const { left, bottom, top, width } = button.getBoundingClientRect()
  const box = bubble.getBoundingClientRect()
  const x = Math.max(8, Math.min(left + width / 2 - box.width / 2, document.documentElement.clientWidth - box.width - 8))
  const below = bottom + 8 + box.height < innerHeight
  setVars(bubble, { '--x': `${Math.round(x + scrollX)}px`, '--y': `${Math.round((below ? bottom + 8 : top - 8 - box.height) + scrollY)}px` })
}

function hideBubble() {
  bubble.hidden = true
  shownFor = undefined
}

document.addEventListener('keydown', ({ key }) => key === 'Escape' && hideBubble())
bubble.addEventListener('mouseleave', hideBubble)

/** The "i" that explains `term` of the glossary. */
export function about(term, title) {
  const text = GLOSSARY[term]
  if (!text) throw new Error(`the glossary lacks "${term}"`)
  const hint = h('span', { class: 'hidden-text', id: nextId('about'), text })
  const button = h('button', { class: 'about', type: 'button', 'aria-label': `About ${title.toLowerCase()}`, 'aria-describedby': hint.id, text: 'i' })
  const show = () => showBubble(button, text)
  button.addEventListener('mouseenter', show)
  button.addEventListener('focus', show)
  button.addEventListener('click', show)
  button.addEventListener('blur', hideBubble)
  button.addEventListener('mouseleave', ({ relatedTarget }) => relatedTarget !== bubble && shownFor === button && document.activeElement !== button && hideBubble())
  return h('span', { class: 'about-place' }, button, hint)
}

/** A panel: a heading with its explanation, and what it shows. `size` is how many of 12 columns it takes. */
export function panel({ title, term, size = 4, tall = false, actions = [] }, ...content) {
  const heading = h('h3', { id: nextId('panel'), text: title })
  return h(
    'section',
    { class: 'panel', role: 'group', 'data-size': size, 'data-tall': tall, 'aria-labelledby': heading.id },
    h('header', {}, heading, about(term ?? title, title), actions),
    content,
  )
}

/** A large figure with a note. `set({ value, note, tone, word })`; the tone comes with a sign and a word. */
export function figure() {
  const icon = sign()
  const value = h('span', { class: 'value', text: '–' })
  const word = h('span', { class: 'word' })
  const note = h('p', { class: 'note quiet small' })
  const element = h('div', { class: 'figure tone' }, h('p', { class: 'amount' }, icon, value, word), note)
  icon.setAttribute('hidden', '')
  return {
    element,
    set({ value: text, note: more = '', tone, word: says = '' }) {
      setText(value, text)
      setText(word, says)
      setText(note, more)
      setAttribute(element, 'data-tone', tone ?? null)
      if (tone) icon.set(tone)
      setAttribute(icon, 'hidden', tone ? null : '')
    },
  }
}

/** Names and values side by side. `set([[name, value, tone?]])`. */
export function facts() {
  const element = h('dl', { class: 'facts' })
  const update = keyed(
    element,
    ([name]) => name,
    ([name]) => {
      const value = h('dd')
      return {
        element: h('div', {}, h('dt', { text: name }), value),
        update: ([, text, tone]) => {
          setText(value, text)
          setAttribute(value, 'data-tone', tone ?? null)
          value.className = tone ? 'tone' : ''
        },
      }
    },
  )
  return { element, set: update }
}

/** A list. `make(item)` gives `{ element, update }`; `empty` stands there without items; `scrolls` names a long one. */
export function list({ keyOf, make, empty, kind = 'ul', scrolls }) {
  // What scrolls can be reached by keyboard, and then needs a name.
  const host = h(kind, { class: 'list', ...(scrolls && { 'data-scrolls': true, tabindex: '0', 'aria-label': scrolls }) })
  const none = h('p', { class: 'empty quiet' })
  none.append(...[empty].flat())
  const update = keyed(host, keyOf, make)
  const set = (items) => {
    host.hidden = items.length === 0
    none.hidden = items.length > 0
    update(items)
  }
  set([])
  return { element: h('div', {}, host, none), set }
}

/** A horizontal bar with marks. `set({ ratio, tone, text, marks })`; the text says the same. */
export function bar({ name, marks = [] }) {
  const fill = h('span', { class: 'fill' })
  const track = h('span', { class: 'track', 'aria-hidden': 'true' }, marks.map(({ from, to }) => h('span', { class: 'mark', vars: { '--from': from, '--to': to } })), fill)
  const label = h('span', { class: 'bar-name', text: name })
  const value = h('span', { class: 'bar-value', text: '–' })
  const element = h('div', { class: 'bar' }, label, track, value)
  return {
    element,
    set({ ratio, tone, text, name: next }) {
      setVars(fill, { '--ratio': Math.max(0, Math.min(1, ratio || 0)).toFixed(4) })
      setAttribute(element, 'data-tone', tone ?? null)
      setText(value, text)
      if (next !== undefined) setText(label, next)
    },
  }
}
