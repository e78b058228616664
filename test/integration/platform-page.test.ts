import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Browser, Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../browser.ts'
import { WELL, audit } from './board-audit.ts'
import { BoardPage } from './board-page.ts'
import { DataFolder, RunningPlatform } from './platform.ts'
import { until } from './service.ts'

const run = promisify(execFile)
const COMPONENTS = ['Ingestion API', 'Queue', 'Storage Consumer', 'Query API', 'Alerting Engine']

const folder = new DataFolder()
let platform: RunningPlatform
let browser: Browser

beforeAll(async () => {
  ;[platform, browser] = await Promise.all([RunningPlatform.start(folder), launchBrowser()])
})

afterAll(async () => {
  await browser.close()
  await platform.end('SIGKILL')
  folder[Symbol.dispose]()
})

/** What stands in the legend beside a series. */
const legend = ({ page }: BoardPage, key: string): Locator => page.locator(`.legend [data-key='${key}'] b`)

/** The chart, once it says this in words. */
const chartSays = async ({ page }: BoardPage, words: string | RegExp): Promise<void> =>
  await page.getByRole('img', { name: words }).waitFor({ timeout: 5_000 })

/** How many pixels of the chart have the colour of its third curve. */
const THIRD_CURVE = `(() => {
  const swatch = document.querySelectorAll('.legend .swatch')[2]
  const [r, g, b] = getComputedStyle(swatch).borderTopColor.match(/\\d+/g).map(Number)
  const canvas = document.querySelector('.plot canvas')
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true })
  copy.drawImage(canvas, 0, 0)
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height)
  let pixels = 0
  for (let at = 0; at < data.length; at += 4) if (data[at] === r && data[at + 1] === g && data[at + 2] === b) pixels++
  return pixels
})()`

const pictureOf = async ({ page }: BoardPage): Promise<unknown> =>
  await page.evaluate(`document.querySelector('.plot canvas').toDataURL()`)

it('lets a hundred pages follow, and more once some have gone', async () => {
  const leaving = new AbortController()
  const follow = async (): Promise<number> =>
    (await fetch(`${platform.url}/live?series=cpu_usage`, { signal: leaving.signal })).status
  const statuses = await Promise.all(Array.from({ length: 101 }, follow))
  leaving.abort()
  expect(statuses.toSorted((a, b) => a - b)).toEqual([...Array.from({ length: 100 }, () => 200), 503])
  const again = new AbortController()
  const one = async (): Promise<Response> =>
    await fetch(`${platform.url}/live?series=cpu_usage`, { signal: again.signal })
  expect((await until(one, ({ status }) => status === 200)).headers.get('content-type')).toBe('text/event-stream')
  again.abort()
})

describe('the page of the platform', () => {
  let first: BoardPage

  it('says what to type while there is nothing, and that line is enough', async () => {
    first = await BoardPage.open(browser, platform.url)
    await first.lampIs('green', 5_000)
    await first.page.getByText('No sample has come yet. Type this in a terminal:').waitFor()
    const line = await first.page.locator('#empty-line').innerText()
    expect(line).toBe(
      `curl -X POST ${platform.url}/metrics -H "Content-Type: application/json" -d '{"name":"cpu_usage","value":85}'`,
    )
    await first.picture('platform-empty')
    expect(JSON.parse((await run('bash', ['-c', line])).stdout)).toEqual({ status: 'accepted', accepted: 1 })
    await chartSays(
      first,
      /^cpu_usage: last 85, lowest 85, highest 85; threshold of HighCpuUsage: avg\(cpu_usage\[60s\]\) > 80\.$/,
    )
    expect(await first.page.locator('#empty').isVisible()).toBe(false)
  })

  it('shows the alert within seconds, with its value, condition and samples, and says so', async () => {
    await first.lampIs('yellow', 5_000)
    const row = first.page.locator('#alerts').getByRole('row').nth(1)
    expect(await row.innerText()).toMatch(
      /Firing\s+HighCpuUsage\s+avg\(cpu_usage\[60s\]\) > 80\s+85 of 1 sample, threshold 80/,
    )
    expect(await first.page.locator('#announcer').textContent()).toBe('Look at it: 1 alert firing: HighCpuUsage')
    expect(
      await first.page
        .locator('#rules')
        .getByRole('row', { name: /HighCpuUsage/ })
        .innerText(),
    ).toContain('Firing')
    expect(await first.page.locator('#events').innerText()).toMatch(/Firing\s+HighCpuUsage: 85/)
  })

  it('moves as samples come, and shows that the alert is over', async () => {
    const before = await pictureOf(first)
    // Far enough apart that no step of the chart has two of them.
    const nowMs = Date.now()
    await platform.post(
      [20, 20, 41].map((value, index) => ({ name: 'cpu_usage', value, timestamp: nowMs - (2 - index) * 20_000 })),
    )
    await chartSays(first, /^cpu_usage: last 41, lowest 20, highest 85;/)
    expect(await legend(first, 'cpu_usage').textContent()).toBe('41')
    expect(await pictureOf(first)).not.toBe(before)
    await first.lampIs('green', 5_000)
    await first.page.getByText('No alert is pending or firing.').waitFor()
    expect(await first.page.locator('#events').innerText()).toMatch(/Resolved\s+HighCpuUsage/)
  })

  it('shows the number of each of the five components', async () => {
    const stations = first.page.locator('.station')
    expect(await stations.getByRole('heading').allInnerTexts()).toEqual(COMPONENTS)
    const numbers = await stations.locator('.station-figure').allInnerTexts()
    for (const [index, unit] of [/\/s$/, / of 5,000,000$/, / ms$/, / ms$/, /\/s$/].entries()) {
      expect(numbers[index]).toMatch(/^[\d.,]+ /)
      expect(numbers[index]).toMatch(unit)
    }
    // The sample of the line that was typed, and three more.
    await stations.nth(2).getByText('4 stored').waitFor({ timeout: 5_000 })
  })

  it('had nothing to complain about', async () => {
    expect(first.problems).toEqual([])
    await first.page.close()
  })
})

describe('a range', () => {
  const hourMs = 3_600_000
  const nowMs = Date.now()
  const at = (value: number, ago: number, tags: object) => ({ name: 'disk_io', value, timestamp: nowMs - ago, tags })
  let board: BoardPage

  beforeAll(async () => {
    const [one, two] = [{ host: 'web-1', zone: 'eu, west' }, { host: 'web-2' }]
    await platform.post([
      at(10, 5 * hourMs, one),
      at(30, 2 * hourMs, one),
      at(20, 1_000, one),
      at(900, 2 * hourMs, two),
    ])
    await platform.post([at(500, 2 * hourMs, {}), at(700, 1_000, {})])
    board = await BoardPage.open(browser, platform.url, { at: '?series=disk_io{host="web-1",zone="eu, west"}' })
  })

  it('has what is stored of exactly the series that was chosen', async () => {
    const key = 'disk_io{host="web-1",zone="eu, west"}'
    await chartSays(board, `${key}: last 20, lowest 20, highest 20.`)
    await board.page.getByRole('radio', { name: '6 h' }).check()
    await chartSays(board, `${key}: last 20, lowest 10, highest 30.`)
    await board.page.getByText('Numbers').click()
    const cells = await board.page.locator('.numbers td').allInnerTexts()
    expect(cells.filter((cell) => cell !== '–')).toEqual(['20', '30', '10'])
    await board.page.getByRole('checkbox', { name: 'disk_io', exact: true }).check()
    await chartSays(board, `${key}: last 20, lowest 10, highest 30; disk_io: last 700, lowest 500, highest 700.`)
  })

  it('is made of what is asked for, and kept in the address', async () => {
    await board.page.getByLabel('Of each step').selectOption('how many')
    await chartSays(board, /disk_io: last 1, lowest 1, highest 1\.$/)
    const { searchParams } = new URL(board.page.url())
    expect([...searchParams]).toEqual([
      ['series', 'disk_io{host="web-1",zone="eu, west"}'],
      ['series', 'disk_io'],
      ['range', '6h'],
      ['agg', 'count'],
    ])
    await board.page.reload()
    await chartSays(board, /zone="eu, west"}: last 1, .+; disk_io: last 1, lowest 1, highest 1\.$/)
    expect(await board.page.getByRole('radio', { checked: true }).inputValue()).toBe('6h')
  })

  it('may be any other one, and go back to what is live', async () => {
    const [start, end] = [nowMs - 3 * hourMs, nowMs - hourMs]
    await board.page.goto(`${platform.url}/?series=disk_io&start=${start}&end=${end}`)
    await chartSays(board, 'disk_io: last 500, lowest 500, highest 500.')
    const from = await board.page.getByLabel('From').inputValue()
    expect(Date.parse(from)).toBe(Math.floor(start / 1_000) * 1_000)
    await board.page.getByLabel('From').fill(from.replace(/^\d+/, (year) => String(Number(year) + 1)))
    await board.page.getByRole('button', { name: 'Show', exact: true }).click()
    expect(await board.page.evaluate(`document.getElementById('to').validationMessage`)).toBe(
      'The end must be after the beginning.',
    )
    await board.page.getByRole('button', { name: 'Back to live' }).click()
    await chartSays(board, 'disk_io: last 700, lowest 700, highest 700.')
    expect(new URL(board.page.url()).search).toBe('?series=disk_io')
  })

  it('shows why a query failed', async () => {
    await board.page.route('**/query?*', async (route) => {
      await route.fulfill({ status: 504, json: { error: 'Gateway Timeout', message: 'the query took too long' } })
    })
    await board.page.getByRole('radio', { name: '1 h' }).check()
    const alert = board.page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toBe('the query took too long')
    await board.page.unroute('**/query?*')
    await board.page.getByRole('radio', { name: '5 min' }).check()
    await alert.waitFor({ state: 'hidden' })
    // That a request failed is in the console of the browser, and nothing else.
    expect(board.problems.filter((problem) => !/504/.test(problem))).toEqual([])
    await board.page.close()
  })
})

describe('everybody', () => {
  beforeAll(async () => {
    const nowMs = Date.now()
    const wave = (host: string, phase: number) =>
      Array.from({ length: 280 }, (_, second) => ({
        name: 'memory_usage',
        value: Math.round(700 + 150 * Math.sin(second / 25 + phase)) / 10,
        timestamp: nowMs - (280 - second) * 1_000,
        tags: { host },
      }))
    await platform.post([...wave('web-1', 0), ...wave('web-2', 2)])
    await platform.post(
      Array.from({ length: 20 }, () => ({ name: 'memory_usage', value: 99, tags: { host: 'web-3' } })),
    )
  })

  it.each([1360, 360])('can read it at a width of %i, light and dark, with names for everything', async (width) => {
    const board = await BoardPage.open(browser, platform.url, {
      colorScheme: 'light',
      viewport: { width, height: 900 },
      at: '?series=memory_usage{host="web-1"}&series=memory_usage{host="web-2"}&series=memory_usage{host="web-3"}',
    })
    await board.lampIs('red', 5_000)
    await chartSays(board, /web-3"}: last 99, .+; threshold of HighMemoryUsage: avg\(memory_usage\[60s\]\) > 90\.$/)
    for (const colorScheme of ['light', 'dark'] as const) {
      await board.page.emulateMedia({ colorScheme })
      expect(await audit(board.page), colorScheme).toEqual(WELL)
      // All samples of it are of one moment: it is a dot, which no line leads to. Its colour is that of the theme.
      await board.page.waitForFunction(`${THIRD_CURVE} > 4`, undefined, { timeout: 5_000 })
      await board.picture(`platform-${colorScheme}-${width}`)
    }
    expect(board.problems).toEqual([])
    await board.page.close()
  })

  it('can look closer by dragging over the chart, hold it still, and choose a theme that stays', async () => {
    const at = '?series=memory_usage{host="web-1"}'
    const { page, problems } = await BoardPage.open(browser, platform.url, { at, colorScheme: 'light' })
    await page.getByRole('img', { name: /^memory_usage.+: last / }).waitFor({ timeout: 5_000 })
    const box = (await page.locator('.u-over').boundingBox())!
    await page.mouse.move(box.x + box.width / 2, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 4 })
    await page.mouse.up()
    const { searchParams } = new URL(page.url())
    const [start, end] = [Number(searchParams.get('start')), Number(searchParams.get('end'))]
    expect((end - start) / 75_000).toBeCloseTo(1, 1)
    expect(Math.abs((start + 150_000 - Date.now()) / 60_000)).toBeLessThan(1)
    await page.getByRole('button', { name: 'Back to live' }).click()
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await page.getByRole('radio', { checked: true }).inputValue()).toBe('custom')
    const groundIs = async (): Promise<unknown> =>
      await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await groundIs()
    const theme = page.getByRole('button', { name: /^Theme/ })
    for (const next of ['light', 'dark']) {
      await theme.click()
      expect(await theme.innerText()).toBe(`Theme: ${next}`)
    }
    const dark = await groundIs()
    expect(dark).not.toBe(light)
    await page.reload()
    expect(await groundIs()).toBe(dark)
    expect(problems).toEqual([])
    await page.close()
  })

  it('can choose by keyboard alone', async () => {
    const { page } = await BoardPage.open(browser, platform.url)
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the series')
    await page.getByRole('searchbox').focus()
    await page.keyboard.type('memory host:web-2')
    await page.getByText('1 series found.').waitFor()
    await page.getByRole('checkbox', { name: /web-2/ }).focus()
    await page.keyboard.press('Space')
    await page.getByRole('radio', { checked: true }).focus()
    await page.keyboard.press('ArrowRight')
    const key = 'memory_usage{host="web-2"}'
    await page.getByRole('img', { name: `${key}: last ` }).waitFor({ timeout: 5_000 })
    expect(new URL(page.url()).searchParams.get('range')).toBe('1h')
    await page.getByRole('button', { name: `Remove ${key}` }).press('Enter')
    await page.locator(`.legend [data-key='${key}']`).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Show the samples of HighMemoryUsage' }).press('Enter')
    await page.locator(`.legend [data-key='${key}']`).waitFor()
    await page.close()
  })
})

describe('what the page needs', () => {
  it('is served to those who ask for HTML, under a strict policy; programs are told what there is', async () => {
    const page = await fetch(platform.url, { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none';script-src 'self';style-src 'self';connect-src 'self'")
    expect(policy).toContain("require-trusted-types-for 'script';trusted-types 'none'")
    const curl = await fetch(platform.url)
    expect([curl.status, await curl.json()]).toMatchObject([404, { error: 'Not Found' }])
  })

  it.each([
    ['/live', 'series'],
    [`/live?${Array.from({ length: 13 }, (_, index) => `series=s${index}`).join('&')}`, '12'],
    ['/live?series=a&name=b', 'name'],
  ])('says what is wrong with %s', async (path, what) => {
    const answer = await fetch(platform.url + path)
    expect(answer.status).toBe(400)
    expect(((await answer.json()) as { message: string }).message).toContain(what)
  })
})

it('finds a series among more than it searches', async () => {
  const { series } = await platform.json<{ series: number }>('/status')
  await platform.post(
    Array.from({ length: 2_100 }, (_, index) => ({
      name: `many_${index}`,
      value: index,
      tags: { host: `web-${index}` },
    })),
  )
  const { page, problems } = await BoardPage.open(browser, platform.url, { at: '?series=cpu_usage' })
  await page.getByText(`Of ${(series + 2_100).toLocaleString('en')} series the first 2,000 are searched`).waitFor()
  for (const [wanted, name] of [
    ['many_2099', 'many_2099'],
    ['host:web-2098', 'many_2098'],
  ] as const) {
    const found = page.getByRole('checkbox', { name })
    expect(await found.count()).toBe(0)
    await page.getByRole('searchbox').fill(wanted)
    await found.waitFor({ timeout: 5_000 })
    expect(await page.locator('#series-says').innerText()).toContain('1 series found.')
  }
  expect(problems).toEqual([])
  await page.close()
})

it('comes back by itself after the platform was started again, and goes on', async () => {
  const board = await BoardPage.open(browser, platform.url, { at: '?series=cpu_usage' })
  await chartSays(board, /^cpu_usage: last .+, highest 85;/)
  const { port } = new URL(platform.url)
  await platform.end('SIGKILL')
  await board.lampIs('unknown', 5_000)
  expect(await board.page.locator('#lamp-why').innerText()).toContain('what you see is old')
  platform = await RunningPlatform.start(folder, { PORT: port })
  await board.page.locator('#connection[data-connection="live"]').waitFor({ timeout: 5_000 })
  await platform.post({ name: 'cpu_usage', value: 43 })
  await chartSays(board, /^cpu_usage: last 43, .+, highest 85;/)
  // That the connection was lost is in the console of the browser, and nothing else.
  expect(board.problems.filter((problem) => !/ERR_|Failed to load/.test(problem))).toEqual([])
  await board.page.close()
})
