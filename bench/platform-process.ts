import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LoadResult } from './load-generator.ts'
import type { BodyKind } from './load-bodies.ts'

/** The platform's sources. */
export const EXAMPLE: string = join(import.meta.dirname, '../examples/monitoring-platform/src')

/** A server that is measured. */
export interface Running {
  readonly url: string
  stop(): Promise<void>
}

/** Starts a program with a folder of its own, which goes with it, and waits until it listens. */
export async function start(file: string, environment: Readonly<Record<string, string>> = {}): Promise<Running> {
  const directory = mkdtempSync(join(tmpdir(), 'tps-bench-'))
  const child: ChildProcess = spawn(process.execPath, ['--conditions=@tps/source', file], {
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'info', DATA_DIR: directory, ...environment },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)))
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const entry = JSON.parse(line) as { msg: string; url?: string }
      if (entry.msg === 'listening' && entry.url !== undefined) resolve(entry.url)
    })
  })
  return {
    url,
    stop: async () => {
      const exit = once(child, 'exit')
      child.kill('SIGTERM')
      await exit
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Sends bodies from a process of its own. */
export async function load(
  url: string,
  kind: BodyKind,
  samples: number,
  connections: number,
  depth: number,
  seconds = 5,
): Promise<LoadResult> {
  const { port } = new URL(url)
  const args = [port, kind, samples, connections, depth, seconds, 2].map(String)
  const child = spawn(process.execPath, [join(import.meta.dirname, 'load-process.ts'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  for await (const part of child.stdout) text += String(part)
  return JSON.parse(text) as LoadResult
}

export const whole = (number: number): string => Math.round(number).toLocaleString('en-US')
