import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { publishedPackages, root } from '../../scripts/packages.ts'
import { launchBrowser } from '../browser.ts'
import { UserProject } from './installed.ts'

// The packages as their users get them: packed, unpacked elsewhere, used from there. Needs the build.

/** Every entry of every package: `@tps/jidoka`, `@tps/andon/prometheus`, … */
const entries = publishedPackages().flatMap(({ manifest }) =>
  Object.keys(manifest.exports ?? {})
    .filter((path) => path !== './package.json')
    .map((path) => manifest.name + path.slice(1)),
)
const cores = publishedPackages().map(({ manifest }) => manifest.name)

/** One thing done with each primitive, in plain JavaScript; prints "ok". */
const TOUR = `
import { CircuitBreaker } from '@tps/jidoka'
import { PullQueue, WorkerPool } from '@tps/kanban'
import { LoadLeveler } from '@tps/heijunka'
import { PercentileTracker } from '@tps/kaizen'
import { AlertEmitter } from '@tps/andon'
export async function tour() {
  const breaker = new CircuitBreaker({ name: 'tour' })
  const source = new PullQueue({ name: 'tour', capacity: 10 })
  const pool = new WorkerPool({ source, workers: 2 }, (n) => breaker.execute(() => n * 2))
  const results = await Promise.all([1, 2, 3].map((n) => pool.submit(n)))
  await pool.stop({ graceMs: 1000 })
  const leveler = new LoadLeveler({ workers: 2 })
  leveler.offer('work')
  leveler.tryLease().ack()
  leveler.stop()
  const tracker = new PercentileTracker()
  for (const result of results) tracker.record(result)
  const fired = []
  const alerts = new AlertEmitter({ rules: [{ name: 'high', severity: 'red', threshold: { above: 5 }, source: () => tracker.max }] })
  alerts.on('firing', (alert) => fired.push(alert.rule))
  alerts.evaluate()
  return JSON.stringify({ results, state: breaker.state, count: tracker.count, fired })
}
`
const EXPECTED = JSON.stringify({ results: [2, 4, 6], state: 'closed', count: 3, fired: ['high'] })

describe('the published packages', () => {
  let user: UserProject
  beforeAll(() => {
    user = new UserProject()
    user.write('tour.js', TOUR)
  })
  afterAll(() => {
    user[Symbol.dispose]()
  })

  it.each(publishedPackages())('@tps/$name brings its types, licence and README, and no source', ({ name }) => {
    const files = user.run('tar', '-tzf', `${name}.tgz`).trim().split('\n').toSorted()
    expect(files).toEqual(
      expect.arrayContaining([
        'package/LICENSE',
        'package/README.md',
        'package/dist/index.d.ts',
        'package/dist/index.js',
        'package/package.json',
      ]),
    )
    expect(files.filter((file) => /\/src\/|\.test\.|tsup/.test(file))).toEqual([])
    const published = readFileSync(join(user.directory, 'node_modules/@tps', name, 'package.json'), 'utf8')
    expect(published).not.toContain('@tps/source')
    expect(published).not.toContain('workspace:')
  })

  it('do their work when imported', () => {
    expect(
      user
        .run('node', '--input-type=module', '-e', "import { tour } from './tour.js'; console.log(await tour())")
        .trim(),
    ).toBe(EXPECTED)
  })

  it.each(entries)('%s can be loaded with import and with require()', (entry) => {
    const imported = user.evaluate(`console.log(Object.keys(await import('${entry}')).sort().join())`)
    const required = user.evaluate(
      `import { createRequire } from 'node:module'; console.log(Object.keys(createRequire(import.meta.url)('${entry}')).filter((n) => n !== '__esModule').sort().join())`,
    )
    expect(imported).not.toBe('')
    expect(required).toBe(imported)
  })

  it('have types that a strict project accepts, without any of the workspace', () => {
    const options = {
      strict: true,
      module: 'NodeNext',
      target: 'ES2023',
      lib: ['ES2024', 'ESNext.Disposable', 'DOM'],
      types: [],
      noEmit: true,
      skipLibCheck: false,
      exactOptionalPropertyTypes: true,
    }
    // The declarations of @nats-io/nats-core 3.4 don't compile with exactOptionalPropertyTypes themselves.
    const exact = entries.filter((entry) => entry !== '@tps/kanban/nats')
    user.write(
      'types.ts',
      `${exact.map((entry, index) => `import * as e${index} from '${entry}'`).join('\n')}
export const all = [${exact.map((_, index) => `e${index}`).join(', ')}]
import { CircuitBreaker } from '@tps/jidoka'
const charge = new CircuitBreaker().wrap(async (cents: number, currency: 'EUR') => ({ cents, currency }))
export const charged: Promise<{ cents: number; currency: 'EUR' }> = charge(100, 'EUR')
// @ts-expect-error a wrapped function keeps its parameters
await charge('100', 'EUR')
`,
    )
    user.write('tsconfig.json', JSON.stringify({ compilerOptions: options, files: ['types.ts'] }))
    expect(user.run(join(root, 'node_modules/.bin/tsc'), '-p', '.')).toBe('')

    user.write(
      'nats.ts',
      "import { JetStreamQueue } from '@tps/kanban/nats'\nexport const open = JetStreamQueue.open<string>\n",
    )
    const inexact = { ...options, exactOptionalPropertyTypes: false }
    user.write('tsconfig.json', JSON.stringify({ compilerOptions: inexact, files: ['nats.ts'] }))
    expect(user.run(join(root, 'node_modules/.bin/tsc'), '-p', '.')).toBe('')
  })

  it('name no Node module in a core entry, and do their work in a browser', async () => {
    user.write(
      'page.js',
      "import { tour } from './tour.js'\ntour().then((text) => { document.title = text }, (error) => { document.title = String(error) })\n",
    )
    const { outputFiles, metafile } = await build({
      entryPoints: [join(user.directory, 'page.js')],
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
    })
    expect(
      Object.values(metafile.inputs)
        .flatMap(({ imports }) => imports)
        .filter(({ path }) => path.startsWith('node:')),
    ).toEqual([])
    expect(cores).toHaveLength(5)
    await inBrowser(outputFiles[0]?.text ?? '', async (title) => expect(await title(EXPECTED)).toBe(EXPECTED))
  })
})

/** Serves a page with `script` on a free port, opens it in Chromium and hands over a function that waits for its title. */
async function inBrowser(
  script: string,
  look: (title: (expected: string) => Promise<string>) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    if (request.url === '/page.js') response.setHeader('content-type', 'text/javascript').end(script)
    else
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><title></title><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await look(async () => {
      await page.waitForFunction("document.title !== ''", undefined, { timeout: 10_000 })
      return await page.title()
    })
  } finally {
    await browser.close()
    server.close()
  }
}
