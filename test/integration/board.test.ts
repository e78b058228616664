import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../scripts/packages.ts'
import { launchBrowser } from '../browser.ts'
import { RunningService } from './service.ts'

// A real browser looks at the live board. The screenshots stay in .cache/board as something to look at.

const PICTURES = join(root, '.cache/board')

async function lampIs(page: Page, lamp: string, forMs: number): Promise<void> {
  await page.locator(`#lamp[data-lamp="${lamp}"]`).waitFor({ timeout: forMs })
}

describe('the board', () => {
  let service: RunningService
  let browser: Browser
  const problems: string[] = []
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true })
    service = await RunningService.start({ HEALTH_CHECK_MS: '100', CIRCUIT_BREAKER_RESET_MS: '1500' })
    browser = await launchBrowser()
  })
  afterAll(async () => {
    await browser.close()
    await service[Symbol.asyncDispose]()
  })

  async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options })
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('request', (request) => request.url().startsWith(service.url) || problems.push(`asked ${request.url()}`))
    await page.goto(service.url)
    return page
  }

  it('shows live readings, from this server alone, without a complaint', async () => {
    const page = await open()
    await lampIs(page, 'green', 10_000)
    for (let sent = 0; sent < 30; sent++) await service.execute()
    await page.locator('#latency', { hasText: /^\d+ \/ \d+ \/ \d+$/ }).waitFor({ timeout: 10_000 })
    await page.locator('#throughput-note', { hasText: '30 done so far' }).waitFor({ timeout: 10_000 })
    expect(await page.locator('#breaker').textContent()).toBe('Closed')
    expect(await page.locator('#depth').textContent()).toMatch(/^\d+ of 100$/)
    expect(await page.locator('#loads progress').count()).toBe(2)
    expect(await page.locator('.u-over').count()).toBe(3)
    await page.screenshot({ path: join(PICTURES, 'healthy.png'), fullPage: true })
    expect(problems).toEqual([])
    await page.close()
  })

  it('turns red within 5 s when the downstream breaks, green after it has recovered, and keeps its history', async () => {
    const page = await open()
    await lampIs(page, 'green', 10_000)
    await service.set({ downstream_enabled: false })
    await lampIs(page, 'red', 5_000)
    expect(await page.locator('#breaker').textContent()).toBe('Open')
    await page.screenshot({ path: join(PICTURES, 'broken.png'), fullPage: true })
    await service.set({ downstream_enabled: true })
    await lampIs(page, 'green', 10_000)
    await page.reload()
    await lampIs(page, 'green', 2_000)
    await page.screenshot({ path: join(PICTURES, 'recovered.png'), fullPage: true })
    expect(problems).toEqual([])
    await page.close()
  })

  it('fits a phone in the dark', async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    await lampIs(page, 'green', 10_000)
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
    await page.screenshot({ path: join(PICTURES, 'phone.png'), fullPage: true })
    await page.close()
  })
})
