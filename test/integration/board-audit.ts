import type { Page } from 'playwright-core'

/** What is wrong with how a page can be used and read: nothing, when all is well. */
export interface Audit {
  /** Text that stands out too little from its background: less than 4.5, large text less than 3 (WCAG 1.4.3). */
  readonly faint: readonly string[]
  /** Things with a role that must have a name and have none. */
  readonly unnamed: readonly string[]
  /** Ids that are there twice, and references to ids that aren't there. */
  readonly ids: readonly string[]
  /** Headings that skip a level. */
  readonly headings: readonly string[]
  /** What is wider than the window. */
  readonly wide: readonly string[]
}

// Runs in the page. Colours are painted onto a canvas, which understands every way to write one.
const IN_PAGE = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  const known = new Map()
  const rgba = (color) => {
    if (!known.has(color)) {
      canvas.clearRect(0, 0, 1, 1)
      canvas.fillStyle = color
      canvas.fillRect(0, 0, 1, 1)
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
      known.set(color, [r, g, b, a / 255])
    }
    return known.get(color)
  }
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a), 1]
  const backgroundOf = (element) => {
    const layers = []
    for (let each = element; each; each = each.parentElement) {
      const color = rgba(getComputedStyle(each).backgroundColor)
      layers.push(color)
      if (color[3] === 1) break
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255, 1])
  }
  const luminance = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
    return 0.2126 * R + 0.7152 * G + 0.0722 * B
  }
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m)
    return (x + 0.05) / (y + 0.05)
  }
  const isHidden = (element) => !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || element.closest('.hidden-text, .skip')
  const faint = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (!node.textContent.trim() || isHidden(element) || element.closest(':disabled')) continue
    const style = getComputedStyle(element)
    const background = backgroundOf(element)
    const ratio = contrast(over(rgba(style.color), background), background)
    const size = parseFloat(style.fontSize)
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
    if (ratio < (isLarge ? 3 : 4.5)) faint.push(node.textContent.trim().slice(0, 40) + ' ' + ratio.toFixed(2))
  }
  // What a picture or a control consists of must stand out by 3 (WCAG 1.4.11): signs, borders of fields, curves, the focus.
  const parts = [...document.querySelectorAll('.sign, .button:enabled, input, select, .swatch, .about')].filter((element) => !isHidden(element))
  for (const element of parts) {
    const style = getComputedStyle(element)
    const background = backgroundOf(element.parentElement)
    const color = element.matches('.sign') ? style.color : element.matches('.swatch') ? getComputedStyle(element).borderTopColor : style.borderTopColor
    if (element.matches('.band, [type=checkbox], [type=radio]')) continue
    const ratio = contrast(over(rgba(color), background), background)
    if (ratio < 3) faint.push((element.className.baseVal ?? element.className) + ' ' + element.textContent.slice(0, 20) + ' ' + ratio.toFixed(2))
  }
  const all = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  const twice = all.filter((id, index) => all.indexOf(id) !== index)
  const missing = ['aria-controls', 'aria-labelledby', 'aria-describedby', 'for'].flatMap((name) =>
    [...document.querySelectorAll('[' + name + ']')].flatMap((element) => element.getAttribute(name).split(' ')).filter((id) => !document.getElementById(id)))
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter((heading) => heading.checkVisibility())
  const headings = levels.filter((heading, index) => index > 0 && Number(heading.tagName[1]) > Number(levels[index - 1].tagName[1]) + 1).map(({ textContent }) => textContent)
  const wide = document.documentElement.scrollWidth > innerWidth
    ? [...document.querySelectorAll('body *')].filter((element) => element.checkVisibility() && !element.closest('.scroll, [role=tablist], .columns') && element.getBoundingClientRect().right > innerWidth + 1).map((element) => element.tagName + '.' + (element.className.baseVal ?? element.className)).slice(0, 5)
    : []
  return { faint: [...new Set(faint)], ids: [...twice, ...missing], headings, wide: document.documentElement.scrollWidth > innerWidth ? ['the page', ...wide] : [] }
})()`

/** Roles that say nothing to anybody without a name. */
const NAMED = new Set(
  'button link tab tabpanel textbox searchbox spinbutton checkbox radio combobox img table region form search navigation dialog'.split(
    ' ',
  ),
)

interface Node {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
}

/** Looks at what is open of the page. Roles and names are the browser's own, as a screen reader gets them. */
export async function audit(page: Page): Promise<Audit> {
  const found = await page.evaluate<Omit<Audit, 'unnamed'>>(IN_PAGE)
  const session = await page.context().newCDPSession(page)
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as unknown as { nodes: readonly Node[] }
  await session.detach()
  const unnamed = nodes
    .filter(({ ignored, role, name }) => !ignored && NAMED.has(role?.value ?? '') && !name?.value?.trim())
    .map(({ role }) => role?.value ?? '')
  return { ...found, unnamed }
}

/** What an audit without a complaint says. */
export const WELL: Audit = { faint: [], unnamed: [], ids: [], headings: [], wide: [] }
