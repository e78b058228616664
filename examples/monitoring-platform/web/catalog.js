// Which series there are, and the list in which they are picked.
import { ask } from '/page/api.js'
import { h, keyed, setText } from '/page/dom.js'
import { count } from '/page/format.js'
import { keyOf, seriesOf } from '/page/key.js'
import { MAX_SERIES, view } from '/page/view.js'

/** So many are fetched and searched here. Of more, a whole name or tag finds the others. */
const FETCHED = 2_000
const SHOWN = 50
const REST_MS = 250

const byKey = new Map()
/** The tags that series of a name have, by name. */
const tagsOfName = new Map()

function learn(list) {
  for (const series of list) {
    byKey.set(keyOf(series), series)
    const tags = tagsOfName.get(series.name) ?? new Set()
    for (const tag of Object.keys(series.tags)) tags.add(tag)
    tagsOfName.set(series.name, tags)
  }
}

/** What picks exactly this series from a query: its tags, and that it doesn't have those that others of its name have. */
export function selectorOf(key) {
  const { name, tags } = seriesOf(key)
  const all = new Set([...Object.keys(tags), ...(tagsOfName.get(name) ?? [])])
  const search = new URLSearchParams({ name })
  for (const tag of all) search.append('tags', `${tag}:${(tags[tag] ?? '').replaceAll(',', '\\,')}`)
  return search
}

/** Fetches what series there are of a name, so that `selectorOf` knows their tags. */
export async function learnName(name) {
  if (!tagsOfName.has(name)) learn(await ask(`/series?${new URLSearchParams({ name, limit: FETCHED })}`))
}

/** The list to pick from. `total` is how many series the platform has; `changed` is called once some are known. */
export function picker({ search, host, says }) {
  let total = 0
  let fetchedTotal = -1
  let found = []
  let timer
  let asked = 0

  const update = keyed(
    host,
    ({ key }) => key,
    ({ key, name, tags }) => {
      const box = h('input', { type: 'checkbox', on: { change: () => view.toggle(key, box.checked) } })
      const labels = Object.keys(tags).sort().map((tag) => h('span', { class: 'tag', text: `${tag}: ${tags[tag]}` }))
      const element = h('li', {}, h('label', {}, box, h('span', { class: 'series-name' }, h('span', { text: name }), labels)))
      return {
        element,
        update: () => {
          box.checked = view.keys.includes(key)
          box.disabled = !box.checked && view.keys.length >= MAX_SERIES
        },
      }
    },
  )

  const show = () => {
    // Those that are chosen come first, also when the search doesn't find them: they must be able to go.
    const chosen = view.keys.map((key) => ({ key, ...seriesOf(key) }))
    const others = found.filter(({ key }) => !view.keys.includes(key))
    update([...chosen, ...others.slice(0, SHOWN)])
    const more = others.length > SHOWN ? `, ${count(others.length - SHOWN)} more: narrow the search` : ''
    const most = view.keys.length >= MAX_SERIES ? ` No more than ${MAX_SERIES} at once.` : ''
    const beyond = total > FETCHED ? ` Of ${count(total)} series the first ${count(FETCHED)} are searched; write a whole name or tag:value for the others.` : ''
    setText(says, total === 0 ? 'There is no series yet.' : `${count(found.length)} series found${more}.${most}${beyond}`)
  }

  const look = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
    found = []
    for (const [key, series] of byKey) {
      const text = `${series.name} ${Object.entries(series.tags).map(([tag, value]) => `${tag}:${value} ${tag}=${value}`).join(' ')}`.toLowerCase()
      if (words.every((word) => text.includes(word))) found.push({ key, ...series })
    }
    found.sort((a, b) => (a.key < b.key ? -1 : 1))
    show()
  }

  /** Asks for what the platform has, and when there is too much, for what was written as a whole. */
  const fetchSeries = async () => {
    const mine = ++asked
    const wanted = [new URLSearchParams({ limit: FETCHED })]
    if (total > FETCHED) {
      const words = search.value.split(/\s+/).filter(Boolean)
      const tags = words.filter((word) => word.includes(':')).map((word) => ['tags', word.replaceAll(',', '\\,')])
      if (tags.length > 0) wanted.push(new URLSearchParams([['limit', FETCHED], ...tags]))
      for (const word of words.filter((each) => !each.includes(':'))) wanted.push(new URLSearchParams([['limit', FETCHED], ['name', word], ...tags]))
    }
    for (const each of wanted) learn(await ask(`/series?${each}`))
    if (mine === asked) look()
  }

  const quietly = async () => {
    try {
      await fetchSeries()
    } catch (error) {
      setText(says, error.message)
    }
  }

  search.addEventListener('input', () => {
    look()
    clearTimeout(timer)
    if (total > FETCHED) timer = setTimeout(() => void quietly(), REST_MS)
  })
  view.onChange(show)
  show()

  return {
    keys: () => [...byKey.keys()],
    /** Told with each reading how many series there are. */
    async setTotal(next) {
      total = next
      if (total === fetchedTotal) return
      fetchedTotal = total
      await quietly()
    },
  }
}
