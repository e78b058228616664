import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { root } from '../../scripts/packages.ts'

/** Where the screenshots are kept, to be looked at. */
const PICTURES = join(root, '.cache/board')

export const BOARDS = ['overview', 'jidoka', 'kanban', 'andon', 'kaizen', 'heijunka', 'tracing'] as const

/** The boards in a browser, with everything that the browser complained about. */
export class BoardPage {
  readonly page: Page
  /** Console messages, exceptions, violations of the content security policy, requests that failed or went elsewhere. */
  readonly problems: string[] = []

  private constructor(page: Page) {
    this.page = page
  }

  static async open(
    browser: Browser,
    url: string,
    options: Parameters<Browser['newPage']>[0] & { readonly at?: string } = {},
  ): Promise<BoardPage> {
    const { at = '', ...rest } = options
    mkdirSync(PICTURES, { recursive: true })
    const page = await browser.newPage({ viewport: { width: 1360, height: 900 }, locale: 'en-US', ...rest })
    const board = new BoardPage(page)
    const note = (problem: string): void => void board.problems.push(problem)
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && note(message.text()))
    page.on('pageerror', (error) => note(error.message))
    page.on('request', (request) => request.url().startsWith(url) || note(`asked ${request.url()}`))
    await page.addInitScript(
      `addEventListener('securitypolicyviolation', ({ violatedDirective, sourceFile }) => console.error('policy', violatedDirective, sourceFile))`,
    )
    await page.goto(`${url}/${at}`)
    return board
  }

  /** Waits until the lamp has this colour. */
  async lampIs(lamp: 'green' | 'yellow' | 'red' | 'unknown', forMs: number): Promise<void> {
    await this.page.locator(`#lamp[data-lamp="${lamp}"]`).waitFor({ timeout: forMs })
  }

  /** Opens a board by its tab. */
  async show(board: (typeof BOARDS)[number]): Promise<void> {
    await this.page.locator(`#tab-${board}`).click()
    await this.page.locator(`#board-${board}`).waitFor()
  }

  /** The panel of the open board with this heading. */
  panel(title: string): Locator {
    const heading = this.page.getByRole('heading', { name: title, exact: true, level: 3 })
    return this.page.locator('main > section:not([hidden]) .panel').filter({ has: heading })
  }

  async text(title: string): Promise<string> {
    return await this.panel(title).innerText()
  }

  async picture(name: string): Promise<void> {
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true })
  }
}
