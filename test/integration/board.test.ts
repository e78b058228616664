import type { Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../browser.ts'
import { BOARDS, BoardPage } from './board-page.ts'
import { RunningService, until } from './service.ts'

// A real browser looks at the live boards. The screenshots stay in .cache/board as something to look at.

/** The panels of each board, in its order: those of the tutorial on reading the boards, and of the labs. */
const PANELS: Readonly<Record<(typeof BOARDS)[number], readonly string[]>> = {
  overview: [
    'The line',
    'Circuit breaker',
    'Error rate',
    'Processing rate',
    'Worker utilization',
    'Queue depth',
    'Processing latency',
    'Throughput',
    'What to watch for',
    'Resource usage',
  ],
  jidoka: [
    'Circuit breaker',
    'Rejections',
    'Recovery time',
    'Dead letters',
    'Circuit state over time',
    'Transitions',
    'Chain of downstreams',
    'Failures',
    'Health checks',
    'Rejections over time',
  ],
  kanban: [
    'Queue limit',
    'Queue depth',
    'Oldest age',
    'Queue',
    'Queue depth over time',
    'In and out',
    'Processing rate',
    'Rejection rate',
    'Oldest age over time',
    'Worker utilization',
    'Workers',
    'Signals by outcome',
    'Dead letters',
  ],
  andon: [
    'Lamps',
    'Active alerts',
    'Cord',
    'Diagnosis',
    'Transitions',
    'Processing latency',
    'Error rate',
    'Circuit breaker',
    'Alert rules',
    'Alert history',
  ],
  kaizen: [
    'Percentiles',
    'Percentile trends',
    'Where the time goes',
    'Breakdown over time',
    'Latency objective',
    'Availability objective',
    'Error budget over time',
    'Burn rate',
    'Experiment',
  ],
  heijunka: [
    'Load per worker',
    'Imbalance',
    'Rebalancing events',
    'Imbalance over time',
    'Items moved',
    'Fast and slow',
    'Autoscaler',
    'Capacity over time',
    'Resources over time',
    'Rate limiter',
  ],
  tracing: ['Traces kept', 'Slowest', 'With errors', 'Trace durations', 'Steps of the slowest', 'Recent traces'],
}

/** What of the open board has no value: panels that say nothing, figures that are a dash, charts without a curve. */
const WITHOUT_VALUE = `(() => {
  const board = document.querySelector('main > section:not([hidden])')
  const titleOf = (element) => element.closest('.panel').querySelector('h3').textContent
  const blank = [...board.querySelectorAll('.panel')].filter((panel) => panel.innerText.split('\\n').length < 3).map(titleOf)
  const dashes = [...board.querySelectorAll('.value')].filter(({ textContent }) => textContent === '–').map(titleOf)
  const flat = [...board.querySelectorAll('.plot')].filter((plot) => !/: now /.test(plot.ariaLabel ?? '') || !plot.querySelector('canvas')).map(titleOf)
  return { blank, dashes, flat }
})()`

const NONE = { blank: [], dashes: [], flat: [] }
const ENVIRONMENT = {
  CIRCUIT_BREAKER_THRESHOLD: '3',
  // Longer than it takes to acknowledge the alert: while the circuit probes, the alert is over.
  CIRCUIT_BREAKER_RESET_MS: '4000',
  ALERT_CIRCUIT_BREAKER_OPEN_MS: '0',
  HEIJUNKA_REBALANCE_MS: '500',
}

let browser: Browser
let service: RunningService
beforeAll(async () => {
  ;[service, browser] = await Promise.all([RunningService.start(ENVIRONMENT), launchBrowser()])
})
afterAll(async () => {
  await browser.close()
  await service[Symbol.asyncDispose]()
})

afterEach(async () => {
  await service.set({ downstream_enabled: true, downstream_error_ratio: 0 })
})

// First, without a signal: how long those take is no matter of the lamp then.
describe('the boards of a line in trouble', () => {
  it('turn red within 5 s when the downstream breaks, tell why, and green after it has recovered', async () => {
    const board = await BoardPage.open(browser, service.url)
    const other = await BoardPage.open(browser, service.url, { at: '#jidoka', colorScheme: 'dark' })
    await board.lampIs('green', 10_000)
    await service.set({ downstream_enabled: false })
    await board.lampIs('red', 5_000)
    expect(await board.page.locator('#announcer').textContent()).toMatch(/^Lamp red: The line has a problem, /)
    expect(await board.page.title()).toBe('The line has a problem · TPS reference line')
    await board.page.getByText('state 1').waitFor({ timeout: 10_000 })
    await board.picture('overview-broken')

    await board.show('andon')
    const active = board.panel('Active alerts')
    await active.getByRole('cell', { name: 'firing' }).waitFor({ timeout: 15_000 })
    await active.getByRole('button', { name: 'Acknowledge CircuitBreakerOpen' }).click()
    await active.getByText('seen by the board').waitFor({ timeout: 15_000 })
    await active.getByRole('button', { name: 'Silence CircuitBreakerOpen' }).click()
    await active.getByText('End silence').waitFor({ timeout: 15_000 })
    expect(await board.text('Diagnosis')).toMatch(/Likely cause: .+/)
    await board.picture('andon-broken')

    await service.set({ downstream_enabled: true })
    await board.lampIs('green', 10_000)
    await board.panel('Alert history').getByText('CircuitBreakerOpen').waitFor({ timeout: 15_000 })
    await other.panel('Recovery time').getByText('recovered').waitFor({ timeout: 15_000 })
    expect(await other.text('Transitions')).toMatch(/half-open → closed[\s\S]+open → half-open[\s\S]+closed → open/)
    await other.picture('jidoka-dark')
    expect([...board.problems, ...other.problems]).toEqual([])
    await Promise.all([board.page.close(), other.page.close()])
  })

  it('stop the line by the cord, and let it run again', async () => {
    const board = await BoardPage.open(browser, service.url, { at: '#andon' })
    await board.lampIs('green', 10_000)
    await board.page.getByLabel('Your name').fill('Taiichi')
    await board.page.getByLabel('What is wrong').fill('a scratch')
    await board.page.getByRole('button', { name: 'Pull the cord' }).click()
    await board.lampIs('red', 5_000)
    expect(await board.page.locator('#lamp-why').textContent()).toBe('Taiichi has pulled the cord: a scratch')
    await board.page.getByRole('button', { name: 'Release, run again' }).click()
    await board.lampIs('green', 5_000)
    expect(await board.text('Cord')).toContain('the line runs')
    expect(board.problems).toEqual([])
    await board.page.close()
  })

  it('come back by themselves after the service has restarted, and keep what they saw', async () => {
    const board = await BoardPage.open(browser, service.url)
    await board.lampIs('green', 5_000)
    const times = board.panel('Throughput').getByRole('rowheader')
    await board.panel('Throughput').getByText('Numbers').click()
    await times.nth(2).waitFor({ timeout: 15_000 })
    const oldest = await times.last().textContent()
    const { port } = service
    await service.end('SIGTERM')
    await board.lampIs('unknown', 5_000)
    expect(await board.page.locator('#lamp-why').textContent()).toBe('what you see is old')
    service = await RunningService.start({ ...ENVIRONMENT, PORT: String(port) })
    await board.lampIs('green', 10_000)
    // Only every so many points are in the table: the oldest one may be a few seconds later.
    expect(
      Date.parse(`2026-01-01T${await times.last().textContent()}`) - Date.parse(`2026-01-01T${oldest}`),
    ).toBeLessThan(5_000)
    // That the connection was lost is in the browser's console, and nothing else.
    expect(board.problems.filter((problem) => !/ERR_|Failed to load/.test(problem))).toEqual([])
    await board.page.close()
  })
})

describe('the boards of a line that works', () => {
  it('show live data in every panel, from this server alone, without a complaint', async () => {
    const board = await BoardPage.open(browser, service.url)
    await service.post({ treatment: { task_ms: 5 }, slice_ms: 200, washout_ms: 0 }, '/admin/experiments')
    for (let sent = 0; sent < 30; sent++) await service.execute()
    await board.page.getByText('30 done since the start').waitFor({ timeout: 10_000 })
    for (const name of BOARDS) {
      await board.show(name)
      const titles = board.page.locator(`#board-${name} .panel h3`)
      expect(await titles.allTextContents(), name).toEqual(PANELS[name])
      const isFull = (found: unknown): boolean => JSON.stringify(found) === JSON.stringify(NONE)
      await until(async () => await board.page.evaluate(WITHOUT_VALUE), isFull, 4_000)
      await board.picture(`${name}-light`)
    }
    expect(board.problems).toEqual([])
    await board.page.close()
  })

  it('send dead letters back', async () => {
    await service.set({ downstream_error_ratio: 1 })
    for (let sent = 0; sent < 2; sent++) await service.execute('fails', '/signal?wait=true')
    await service.set({ downstream_error_ratio: 0 })
    const board = await BoardPage.open(browser, service.url, { at: '#kanban' })
    const panel = board.panel('Dead letters')
    await panel.getByRole('row').nth(2).waitFor({ timeout: 15_000 })
    await panel.getByRole('button', { name: 'Redrive all' }).click()
    await panel.getByText('2 signals sent back; 0 here now.').waitFor({ timeout: 15_000 })
    await panel.getByText('No dead letters').waitFor({ timeout: 15_000 })
    expect(await panel.getByRole('row').count()).toBe(0)
    expect(board.problems).toEqual([])
    await board.page.close()
  })

  it('have their history after a reload, at every range, and can be looked at closely', async () => {
    for (let sent = 0; sent < 5; sent++) await service.execute()
    const board = await BoardPage.open(browser, service.url)
    const throughput = board.panel('Throughput')
    const plot = throughput.locator('.plot')
    await throughput.getByText('Numbers').click()
    await throughput.getByRole('rowheader').nth(4).waitFor()
    const times = (): Promise<string[]> => throughput.getByRole('rowheader').allTextContents()
    const before = new Set(await times())
    await board.page.reload()
    await throughput.getByText('Numbers').click()
    // Moments that were seen before the page was opened anew are there again.
    await expect.poll(async () => (await times()).some((time) => before.has(time)), { timeout: 15_000 }).toBe(true)
    expect(await plot.getAttribute('aria-label')).toMatch(/done: now [\d.]+ \/s, lowest [\d.]+ \/s, highest (?!0 )/)

    for (const range of ['1 h', '6 h', '24 h']) {
      await board.page.getByRole('radio', { name: range, exact: true }).check()
      await plot.and(board.page.locator('[aria-label*="done: now"]')).waitFor({ timeout: 15_000 })
    }
    const history = await service.json<{ at: number[]; values: Record<string, number[]> }>('/board/history?range=1h')
    expect(history).toMatchObject({ stepMs: 10_000, at: expect.arrayContaining([expect.any(Number)]) })
    expect(Math.max(...(history.values['processingRate'] ?? []))).toBeGreaterThan(0)

    await board.page.getByRole('radio', { name: '5 min' }).check()
    await plot.scrollIntoViewIfNeeded()
    const { x = 0, y = 0, width = 0 } = (await plot.boundingBox()) ?? {}
    await board.page.mouse.move(x + width / 2, y + 60)
    await board.page.mouse.down()
    await board.page.mouse.move(x + width * 0.9, y + 60, { steps: 4 })
    await board.page.mouse.up()
    await board.page.getByRole('button', { name: 'Show all again' }).click()
    expect(await board.page.getByRole('button', { name: 'Show all again' }).count()).toBe(0)
    expect(board.problems).toEqual([])
    await board.page.close()
  })
})

describe('the tracing board', () => {
  it('finds traces by duration, error and id, and leads to the waterfall', async () => {
    await service.post({ signal_type: 'execute', payload: { task: 'slow one', latency_ms: 150 } }, '/signal?wait=true')
    await service.set({ downstream_error_ratio: 1 })
    const failed = (await (await service.execute('failing one', '/signal?wait=true')).json()) as { trace_id: string }
    await service.set({ downstream_error_ratio: 0 })
    const board = await BoardPage.open(browser, service.url, { at: '#tracing' })
    const rows = board.panel('Recent traces').getByRole('row')
    await rows.nth(2).waitFor({ timeout: 15_000 })

    await board.page.getByLabel('At least, ms').fill('140')
    await board.page.getByLabel('errors only').check()
    await board.page.getByText('No trace fits. Send a signal').waitFor({ timeout: 15_000 })
    await board.page.getByLabel('errors only').uncheck()
    await rows.filter({ hasText: 'slow one' }).waitFor({ timeout: 15_000 })
    await board.panel('Steps of the slowest').getByText('ExecuteTask').waitFor({ timeout: 15_000 })

    await board.page.getByLabel('At least, ms').fill('')
    await board.page.getByRole('searchbox', { name: 'Id' }).fill(failed.trace_id)
    await board.page.getByRole('button', { name: 'Search' }).click()
    await rows.filter({ hasText: 'failing one' }).waitFor({ timeout: 15_000 })
    expect(await rows.count()).toBe(2)
    expect(await board.text('With errors')).toMatch(/1\s+of 1 shown/)
    await board.page.getByRole('link', { name: failed.trace_id.slice(0, 16) }).click()
    await board.page.getByText('ProcessSignal').first().waitFor({ timeout: 15_000 })
    expect(board.problems).toEqual([])
    await board.page.close()
  })
})

describe('what the boards ask for', () => {
  it('is served under a policy that allows nothing inline and nothing from elsewhere', async () => {
    const response = await service.get('/')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|http|\*/)
    const html = await response.text()
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:/)
  })

  it('is a history of known ranges', async () => {
    expect((await service.get('/board/history?range=5m')).status).toBe(200)
    expect((await service.get('/board/history?range=1y')).status).toBe(400)
  })

  it('is refused to pages from elsewhere where it changes something', async () => {
    const response = await fetch(`${service.url}/admin/chaos/queue-down`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(response.status).toBe(403)
  })

  it.each([
    ['POST', '/admin/alerts/acknowledge', { fingerprint: 'none', by: 'me' }, 404],
    ['POST', '/admin/alerts/acknowledge', { by: 'me' }, 400],
    ['POST', '/admin/alerts/silences', { rule: 'HighLatency', for_ms: 1, by: 'me' }, 400],
    ['DELETE', '/admin/alerts/silences/none', undefined, 404],
  ])('%s %s with %j answers %i', async (method, path, body, status) => {
    const response = await fetch(service.url + path, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    expect(response.status).toBe(status)
  })

  it('keeps silences until they are ended', async () => {
    const made = await service.post({ rule: 'HighLatency', for_ms: 60_000, by: 'me' }, '/admin/alerts/silences')
    const { id } = (await made.json()) as { id: string }
    expect(await service.json('/admin/alerts/silences')).toMatchObject({ silences: [{ id, by: 'me' }] })
    expect((await fetch(`${service.url}/admin/alerts/silences/${id}`, { method: 'DELETE' })).status).toBe(200)
    expect(await service.json('/admin/alerts/silences')).toEqual({ silences: [] })
  })
})
