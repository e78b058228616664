import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from '../browser.ts'
import { WELL, audit } from './board-audit.ts'
import { BOARDS, BoardPage } from './board-page.ts'
import { RunningService } from './service.ts'

describe('the boards', () => {
  let service: RunningService
  let browser: Browser
  beforeAll(async () => {
    ;[service, browser] = await Promise.all([
      RunningService.start({
        CIRCUIT_BREAKER_RESET_MS: '60000',
        ALERT_CIRCUIT_BREAKER_OPEN_MS: '0',
        HEALTH_CHECK_MS: '100',
      }),
      launchBrowser(),
    ])
    // Something of everything is there to be read: results, a dead letter, an open circuit, an alert, a finding.
    for (let sent = 0; sent < 5; sent++) await service.execute()
    await service.set({ downstream_error_ratio: 1 })
    await service.execute('fails', '/signal?wait=true')
    await service.set({ downstream_enabled: false })
  })
  afterAll(async () => {
    await browser.close()
    await service[Symbol.asyncDispose]()
  })

  it.each([
    ['light', 1360],
    ['dark', 1360],
    ['light', 360],
    ['dark', 360],
  ] as const)(
    'can be read in a %s theme at a width of %i, and have names for everything',
    async (colorScheme, width) => {
      const board = await BoardPage.open(browser, service.url, { colorScheme, viewport: { width, height: 800 } })
      await board.lampIs('red', 10_000)
      for (const name of BOARDS) {
        await board.show(name)
        await board.page.locator(`#board-${name} .panel`).last().waitFor()
        expect(await audit(board.page), name).toEqual(WELL)
        if (width < 1_000 && colorScheme === 'light') await board.picture(`${name}-phone`)
      }
      await board.page.close()
    },
  )

  it('are moved through by keyboard', async () => {
    const { page } = await BoardPage.open(browser, service.url)
    const selected = page.getByRole('tab', { selected: true })
    await page.locator('#board-overview .plot canvas').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the board')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-overview')
    for (const [key, board] of [
      ['ArrowRight', 'Jidoka'],
      ['ArrowRight', 'Kanban'],
      ['ArrowLeft', 'Jidoka'],
      ['End', 'Tracing'],
      ['ArrowRight', 'Overview'],
      ['ArrowLeft', 'Tracing'],
      ['Home', 'Overview'],
      ['ArrowRight', 'Jidoka'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await selected.innerText()).toContain(board)
      expect(await page.evaluate('document.activeElement.textContent')).toContain(board)
      expect(await page.getByRole('tabpanel').count()).toBe(1)
      expect(await page.getByRole('tabpanel').getByRole('heading', { level: 2 }).innerText()).toBe(board)
    }
    expect(new URL(page.url()).hash).toBe('#jidoka')
    // One tab is a stop on the way: the next ones are the time range, the theme, and the board.
    const stops: string[] = []
    for (let stop = 0; stop < 4; stop++) {
      await page.keyboard.press('Tab')
      stops.push(String(await page.evaluate('document.activeElement.name || document.activeElement.id')))
    }
    expect(stops).toEqual(['range', 'theme', 'board-jidoka', ''])
    await page.close()
  })

  it('explain each figure on focus, until Escape', async () => {
    const { page } = await BoardPage.open(browser, service.url, { at: '#kanban' })
    const button = page.getByRole('button', { name: 'About queue limit' })
    await button.focus()
    const bubble = page.getByRole('tooltip')
    expect(await bubble.innerText()).toMatch(/the limit of work in progress.+\(Kanban\)/)
    await page.keyboard.press('Escape')
    expect(await bubble.count()).toBe(0)
    const described = await page.evaluate(
      `document.getElementById(document.activeElement.getAttribute('aria-describedby')).textContent`,
    )
    expect(described).toMatch(/limit of work in progress/)
    await page.close()
  })

  it('have one of each landmark, and say charts in words', async () => {
    const { page } = await BoardPage.open(browser, service.url)
    for (const role of ['banner', 'navigation', 'main', 'contentinfo'] as const)
      expect(await page.getByRole(role).count(), role).toBe(1)
    const chart = page.getByRole('img', {
      name: /^Processing latency\. p50: now .+; p99: now .+, lowest .+, highest .+\.$/,
    })
    await chart.waitFor({ timeout: 15_000 })
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
    await page.close()
  })

  it('keep the theme that was chosen', async () => {
    const { page } = await BoardPage.open(browser, service.url, { colorScheme: 'light' })
    const theme = page.getByRole('button', { name: /^Theme/ })
    const groundIs = async (): Promise<unknown> =>
      await page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    const light = await groundIs()
    await theme.click()
    expect(await theme.innerText()).toBe('Theme: light')
    await theme.click()
    expect(await theme.innerText()).toBe('Theme: dark')
    const dark = await groundIs()
    expect(dark).not.toBe(light)
    await page.reload()
    expect(await theme.innerText()).toBe('Theme: dark')
    expect(await groundIs()).toBe(dark)
    await page.close()
  })

  async function movingWith(reducedMotion: 'reduce' | 'no-preference'): Promise<unknown> {
    const board = await BoardPage.open(browser, service.url, { reducedMotion })
    await board.lampIs('red', 5_000)
    const moving = await board.page.evaluate('document.getAnimations().length')
    await board.page.close()
    return moving
  }

  it('stand still for those who want no motion', async () => {
    expect(await movingWith('no-preference')).not.toBe(0)
    expect(await movingWith('reduce')).toBe(0)
  })
})
