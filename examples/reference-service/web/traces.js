// The traces of the last minutes, and one of them as a waterfall.
import { h } from '/board/dom.js'
import { showList } from '/board/traces-list.js'
import { showTrace } from '/board/traces-view.js'

const [, id] = /^\/traces\/([^/]+)$/.exec(location.pathname) ?? []
const main = document.getElementById('main')
try {
  await (id ? showTrace(main, decodeURIComponent(id)) : showList(main))
} catch (error) {
  main.replaceChildren(h('p', { class: 'card problem', role: 'alert', text: error.message }))
}
