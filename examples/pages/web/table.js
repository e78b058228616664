// A table whose rows stay the same elements. On a phone a row becomes a card; the roles keep it a table for screen readers.
import { h, keyed, setText } from './dom.js'

/**
 * `columns`: `{ title, cell, number? }`; `cell(row, before)` gives text, or an element that it may have given before.
 * `set(rows)` keeps rows with a known key. `empty` is what stands there without rows.
 */
export function table({ caption, columns, keyOf, empty }) {
  const body = h('tbody', { role: 'rowgroup' })
  const none = h('p', { class: 'empty quiet', text: empty })
  const head = h('tr', { role: 'row' }, columns.map(({ title, number }) => h('th', { scope: 'col', role: 'columnheader', class: number ? 'number' : null }, title || h('span', { class: 'hidden-text', text: 'Actions' }))))
  const scroll = h('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': caption }, h('table', { class: 'cards', role: 'table' }, h('caption', { class: 'hidden-text', text: caption }), h('thead', { role: 'rowgroup' }, head), body))
  const update = keyed(body, keyOf, () => {
    const cells = columns.map(({ number, title }) => h('td', { role: 'cell', class: number ? 'number' : null, 'data-title': title }))
    const shown = []
    return {
      element: h('tr', { role: 'row' }, cells),
      update: (row) => {
        for (const [place, { cell }] of columns.entries()) {
          const content = cell(row, shown[place])
          if (content instanceof Node) {
            if (content !== shown[place]) cells[place].replaceChildren(content)
          } else setText(cells[place], content)
          shown[place] = content instanceof Node ? content : undefined
        }
      },
    }
  })
  const set = (rows) => {
    scroll.hidden = rows.length === 0
    none.hidden = rows.length > 0
    update(rows)
  }
  set([])
  return { element: h('div', {}, scroll, none), set }
}
