// Making and changing elements. Nothing here takes HTML as text.

/** Makes an element. `props`: attributes, and `class`, `text`, `on` (listeners) and `vars` (CSS custom properties). */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue
    if (name === 'text') element.textContent = value
    else if (name === 'class') element.className = value
    else if (name === 'on') for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener)
    else if (name === 'vars') setVars(element, value)
    else element.setAttribute(name, value === true ? '' : value)
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false))
  return element
}

/** Changes text only when it is another one: a screen reader and the layout are left alone otherwise. */
export function setText(element, value) {
  const text = String(value)
  if (element.textContent !== text) element.textContent = text
}

/** Changes or, with `null`, takes away an attribute, only when it is another value. */
export function setAttribute(element, name, value) {
  if (value === null) element.removeAttribute(name)
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value)
}

/** Sets CSS custom properties through the object model, which a strict style policy allows. */
export function setVars(element, vars) {
  for (const [name, value] of Object.entries(vars)) {
    if (element.style.getPropertyValue(name) !== String(value)) element.style.setProperty(name, value)
  }
}

/**
 * Keeps the children of `host` in step with `items`: those with a known key stay the same elements, so that focus and open
 * details survive. `make(item, index)` gives `{ element, update }`.
 */
export function keyed(host, keyOf, make) {
  let known = new Map()
  return (items) => {
    const next = new Map()
    let place = host.firstElementChild
    for (const [index, item] of items.entries()) {
      const key = keyOf(item, index)
      const part = known.get(key) ?? make(item, index)
      known.delete(key)
      next.set(key, part)
      part.update(item, index)
      if (part.element === place) place = place.nextElementSibling
      else host.insertBefore(part.element, place)
    }
    for (const { element } of known.values()) element.remove()
    known = next
  }
}

const SVG = 'http://www.w3.org/2000/svg'
const SHAPES = {
  green: ['M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1Z', 'm4.6 8.2 2.4 2.4 4.4-5'],
  yellow: ['M8 .9 15.6 14.6H.4Z', 'M8 5.6v4.2M8 12v.6'],
  red: ['M4.9.9h6.2l4 4v6.2l-4 4H4.9l-4-4V4.9Z', 'm5.3 5.3 5.4 5.4m0-5.4-5.4 5.4'],
  unknown: ['M8 1.4a6.6 6.6 0 1 0 0 13.2A6.6 6.6 0 0 0 8 1.4Z', 'M6.2 6.3c0-2.6 3.8-2.4 3.6-.1C9.7 7.6 8 7.7 8 9.3M8 11.4v.6'],
}

/** A sign of the andon, without a name of its own: a word always stands beside it. `set(tone)` changes it. */
export function sign(tone = 'unknown') {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'sign')
  svg.setAttribute('aria-hidden', 'true')
  const body = document.createElementNS(SVG, 'path')
  const mark = document.createElementNS(SVG, 'path')
  mark.setAttribute('class', 'mark')
  svg.append(body, mark)
  svg.set = (next) => {
    const known = SHAPES[next] ? next : 'unknown'
    if (svg.dataset.tone === known) return
    svg.dataset.tone = known
    body.setAttribute('d', SHAPES[known][0])
    mark.setAttribute('d', SHAPES[known][1])
  }
  svg.set(tone)
  return svg
}

/** A word with its sign. `set(tone, text)` changes both. */
export function state(tone = 'unknown', text = '–') {
  const icon = sign(tone)
  const word = h('span', { text })
  const element = h('span', { class: 'state tone', 'data-tone': tone }, icon, word)
  element.set = (nextTone, nextText) => {
    icon.set(nextTone)
    setAttribute(element, 'data-tone', nextTone)
    setText(word, nextText)
  }
  return element
}
