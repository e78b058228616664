import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import { Platform } from '../platform.ts'
import { type LoadSize, compare } from './demo-compare.ts'
import { Printer } from './demo-printer.ts'
import { Walkthrough } from './demo-walkthrough.ts'

const USAGE = `pnpm platform:demo plays the walkthrough of Phase 0 on a platform of its own, and shows what happens.
Its data is in a temporary folder, which is removed in the end.

  FAST=1 pnpm platform:demo    without the waiting, and with less load
  PORT=8090                    the port; without it a free one
`

const LONG: LoadSize = { posts: 10_000, batches: 500 }
const SHORT: LoadSize = { posts: 500, batches: 50 }

/** Ends with 0 when everything was as promised, with 1 when not, and with 130 after Ctrl-C. */
async function main(): Promise<number> {
  if (process.argv.length > 2) {
    process.stdout.write(USAGE)
    return process.argv.includes('--help') ? 0 : 2
  }
  const isShort = !['', '0'].includes(process.env['FAST'] ?? '')
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
  const folder = mkdtempSync(join(tmpdir(), 'tps-demo-'))
  const printer = new Printer(process.stdout)
  let platform: Platform | undefined
  try {
    const config = readConfig({ PORT: process.env['PORT'] ?? '0', DATA_DIR: folder, LOG_LEVEL: 'silent' })
    platform = await Platform.start(config, pino({ level: 'silent' }))
    const url = await platform.listen()
    printer.line('The walkthrough of Phase 0, on this platform.')
    printer.line(`It listens on ${url} while this runs: open it in a browser to watch.`)
    await new Walkthrough(url, printer, stopping.signal, isShort).play()
    await compare(printer, isShort ? SHORT : LONG, stopping.signal)
    printer.line('\nThat was the walkthrough. `pnpm platform` starts a platform that stays.')
    return 0
  } catch (error) {
    if (stopping.signal.aborted) {
      printer.line('\nStopped.')
      return 130
    }
    console.error(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    await platform?.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
