// Tabs as the ARIA practices describe them: arrow keys move, Home and End jump, the address remembers the board.
import { h, setAttribute } from '/board/dom.js'

/**
 * Makes a tab for each entry `{ id, title, icon, panel }` and keeps it as `tab` there. `onOpen(entry)` is told what was opened.
 * Returns what gives the open entry.
 */
export function tabs(host, entries, onOpen) {
  for (const entry of entries) {
    const { id, title, icon, panel } = entry
    entry.tab = h('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': panel.id }, h('span', { text: title }), icon)
    entry.tab.addEventListener('click', () => open(entry, true))
    for (const [name, value] of [['role', 'tabpanel'], ['aria-labelledby', `tab-${id}`], ['tabindex', '0']]) panel.setAttribute(name, value)
    host.append(entry.tab)
  }
  let current = entries.find(({ id }) => `#${id}` === location.hash) ?? entries[0]

  const open = (entry, isChosen) => {
    current = entry
    for (const each of entries) {
      const isOpen = each === entry
      setAttribute(each.tab, 'aria-selected', isOpen)
      setAttribute(each.tab, 'tabindex', isOpen ? '0' : '-1')
      each.panel.hidden = !isOpen
    }
    if (isChosen && location.hash !== `#${entry.id}`) history.replaceState(null, '', `#${entry.id}`)
    // Not scrollIntoView: the Tab key would start from there, and pass the link that skips.
    host.scrollTo({ left: entry.tab.offsetLeft - (host.clientWidth - entry.tab.offsetWidth) / 2 })
    onOpen(entry)
  }

  host.addEventListener('keydown', (event) => {
    const place = entries.indexOf(current)
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: entries.length - 1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    const entry = entries.at(next % entries.length)
    open(entry, true)
    entry.tab.focus()
  })
  addEventListener('hashchange', () => {
    const entry = entries.find(({ id }) => `#${id}` === location.hash)
    if (entry && entry !== current) {
      open(entry, false)
      scrollTo({ top: 0 })
    }
  })
  queueMicrotask(() => open(current, false))
  return () => current
}
