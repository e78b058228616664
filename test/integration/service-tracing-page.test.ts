import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { root } from '../../scripts/packages.ts'
import { launchBrowser } from '../browser.ts'
import { audit } from './board-audit.ts'
import { completeTrace } from './service-traces.ts'
import { RunningService, until } from './service.ts'

// A real browser looks at the list of traces and at the waterfall of one. The screenshots stay to be looked at.

const PICTURES = join(root, '.cache/traces')
const CLEAN = { faint: [], unnamed: [], ids: [], headings: [], wide: [] }

let service: RunningService
let browser: Browser
let slowId: string
let problems: string[] = []

async function open(path: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, locale: 'en-US', ...options })
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('request', (request) => request.url().startsWith(service.url) || problems.push(`asked ${request.url()}`))
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', ({ violatedDirective }) => console.error('policy', violatedDirective))`,
  )
  await page.goto(service.url + path)
  return page
}

async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
}

/** The span that is looked at, as the waterfall marks it. */
const selected = async (page: Page): Promise<string> =>
  (await page.locator('[role="treeitem"][aria-selected="true"] b').innerText()).trim()

/** Where a bar begins and how long it is, in pixels. */
async function bar(page: Page, name: string): Promise<{ readonly left: number; readonly width: number }> {
  const box = await page
    .getByRole('treeitem', { name: new RegExp(`^${name},`) })
    .locator('.bar')
    .boundingBox()
  return { left: box?.x ?? Number.NaN, width: box?.width ?? Number.NaN }
}

beforeAll(async () => {
  mkdirSync(PICTURES, { recursive: true })
  service = await RunningService.start({ TASK_MS: '5' })
  browser = await launchBrowser()
  for (let index = 0; index < 8; index++) await service.execute(`task-${index}`, '/signal?wait=true')
  await service.set({ downstream_error_ratio: 1 })
  await service.execute('fails', '/signal?wait=true')
  await service.set({ downstream_error_ratio: 0 })
  const body = { signal_type: 'execute', payload: { task: 'slow one', product_id: 3, latency_ms: 400 } }
  const answer = (await (await service.post(body, '/signal?wait=true')).json()) as { trace_id: string }
  slowId = answer.trace_id
  await completeTrace(service, slowId)
})
afterEach(() => {
  const seen = problems
  problems = []
  expect(seen).toEqual([])
})
afterAll(async () => {
  await browser?.close()
  await service?.[Symbol.asyncDispose]()
})

it('lists the last traces, finds the slow and the failed, and leads to one', async () => {
  const page = await open('/traces')
  const rows = page.locator('tbody tr')
  await rows.nth(9).waitFor()
  expect(await rows.count()).toBe(10)
  expect(await rows.first().innerText()).toContain('slow one')
  await picture(page, 'list')
  expect(await audit(page)).toEqual(CLEAN)

  await page.getByLabel('errors only').check()
  await rows.filter({ hasText: 'dead-lettered' }).waitFor()
  await until(
    async () => await rows.count(),
    (count) => count === 1,
  )
  await page.getByLabel('errors only').uncheck()
  await page.getByLabel('At least, ms').fill('400')
  await page.getByRole('button', { name: 'Search' }).click()
  await until(
    async () => await rows.count(),
    (count) => count === 1,
  )
  expect(new URL(page.url()).search).toBe('?minDurationMs=400')
  // What was looked for is in the address.
  await page.reload()
  await rows.first().waitFor()
  expect(await rows.count()).toBe(1)
  await rows.getByRole('link').click()
  await page.getByRole('tree').waitFor()
  expect(page.url()).toBe(`${service.url}/traces/${slowId}`)
  await page.close()
})

it('draws the spans as bars where and as long as they were, one in the other, and shows one in full', async () => {
  const page = await open(`/traces/${slowId}`)
  await page.getByRole('tree').waitFor()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('slow one')
  expect(await page.getByRole('treeitem').count()).toBe(20)
  const [whole, work, task, jidoka] = [
    await bar(page, 'ProcessSignal'),
    await bar(page, 'ProcessWork'),
    await bar(page, 'ExecuteTask'),
    await bar(page, 'Jidoka.Check'),
  ]
  expect(work.width).toBeGreaterThan(0.8 * whole.width)
  expect(task.left).toBeGreaterThanOrEqual(work.left)
  expect(task.left + task.width).toBeLessThanOrEqual(work.left + work.width + 1)
  expect(jidoka.left).toBeGreaterThanOrEqual(work.left + work.width - 3)
  const levels = await page.getByRole('treeitem').evaluateAll((items) => items.map((item) => item.ariaLevel))
  expect(levels.slice(0, 4)).toEqual(['1', '2', '3', '2'])

  // The critical path is marked, and what took the time stands first.
  expect(
    await page
      .getByRole('treeitem', { name: /^ExecuteTask,.*on the critical path/ })
      .locator('.critical')
      .count(),
  ).toBeGreaterThan(0)
  expect(
    await page
      .getByRole('treeitem', { name: /^ReturnResponse,/ })
      .locator('.bar')
      .count(),
  ).toBe(1)
  expect(await page.locator('.where li').first().innerText()).toContain('ExecuteTask')

  await page.getByRole('treeitem', { name: /^FetchFromCache,/ }).click()
  const details = page.getByRole('complementary', { name: 'Span' })
  await details.getByRole('heading', { name: 'FetchFromCache' }).waitFor()
  const text = await details.innerText()
  for (const part of [
    'trace_id',
    slowId,
    'span_id',
    'parent_span_id',
    'service.name',
    'tps-worker',
    'cache.key',
    'product:3',
    'CacheMiss',
  ])
    expect(text).toContain(part)
  await picture(page, 'trace')
  expect(await audit(page)).toEqual(CLEAN)

  await details.getByRole('button', { name: 'Zoom to it' }).click()
  expect((await bar(page, 'FetchFromCache')).width).toBeGreaterThan(0.9 * whole.width)
  await page.getByRole('button', { name: 'Show all' }).click()
  expect((await bar(page, 'ProcessSignal')).width).toBeCloseTo(whole.width, 0)
  await page.close()
})

it('is walked through by the keyboard', async () => {
  const page = await open(`/traces/${slowId}`)
  await page.locator('[role="treeitem"][aria-selected="true"]').focus()
  expect(await selected(page)).toBe('ProcessSignal')
  await page.keyboard.press('ArrowDown')
  expect(await selected(page)).toBe('ReceiveSignal')
  await page.keyboard.press('ArrowRight')
  expect(await selected(page)).toBe('ParseRequest')
  await page.keyboard.press('ArrowLeft')
  expect(await selected(page)).toBe('ReceiveSignal')
  await page.keyboard.press('ArrowLeft')
  expect(await page.getByRole('treeitem', { name: /^ReceiveSignal,/ }).getAttribute('aria-expanded')).toBe('false')
  expect(await page.getByRole('treeitem', { name: /^ParseRequest,/ }).count()).toBe(0)
  await page.keyboard.press('ArrowDown')
  expect(await selected(page)).toBe('Kanban.Enqueue')
  await page.keyboard.press('End')
  expect(await selected(page)).toBe('ReturnResponse')
  await page.keyboard.press('z')
  expect(await page.getByRole('button', { name: 'Show all' }).isVisible()).toBe(true)
  await page.keyboard.press('Escape')
  expect(await page.getByRole('button', { name: 'Show all' }).isVisible()).toBe(false)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowLeft')
  expect(await page.getByRole('treeitem').count()).toBe(1)
  await page.keyboard.press('ArrowRight')
  expect(await page.getByRole('treeitem').count()).toBeGreaterThan(5)
  expect(await page.evaluate('document.activeElement.getAttribute("role")')).toBe('treeitem')
  await page.close()
})

it.each([
  ['phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }],
  ['dark', { colorScheme: 'dark' }],
] as const)('can be read: %s', async (name, options) => {
  const page = await open(`/traces/${slowId}`, options)
  await page.getByRole('tree').waitFor()
  expect(await audit(page)).toEqual(CLEAN)
  await picture(page, name)
  await page.goto(`${service.url}/traces`)
  await page.locator('tbody tr').first().waitFor()
  expect(await audit(page)).toEqual(CLEAN)
  await picture(page, `list-${name}`)
  await page.close()
})

it('says so when there is no such trace', async () => {
  const page = await open(`/traces/${'0'.repeat(31)}1`)
  await page.getByRole('alert').waitFor()
  expect(await page.getByRole('alert').innerText()).toContain('No trace has this id')
  await page.close()
  // The browser notes that the answer was a 404.
  expect(problems).toEqual([expect.stringContaining('404')])
  problems = []
})

it('answers browsers with a page and others with JSON, and nothing with what a stranger could use', async () => {
  const page = await fetch(`${service.url}/traces`, {
    headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' },
  })
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('vary')).toContain('accept')
  const policy = page.headers.get('content-security-policy')
  expect(policy).toContain("default-src 'none'")
  expect(policy).not.toContain('unsafe')
  expect(await page.text()).not.toMatch(/<script>|style=|onclick/)
  for (const accept of ['*/*', 'application/json', 'application/json, text/htmlx'])
    expect((await fetch(`${service.url}/traces`, { headers: { accept } })).headers.get('content-type')).toMatch(
      /^application\/json/,
    )
})
