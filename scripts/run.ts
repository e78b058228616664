import { spawn } from 'node:child_process'
import { styleText } from 'node:util'

/** One command of a longer run. */
export interface Step {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
}

/** Runs the steps one after the other, shows what each prints, and stops at the first that fails. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const started = performance.now()
  for (const [index, { title, command, args }] of steps.entries()) {
    const stepStarted = performance.now()
    console.log(styleText('bold', `\n[${index + 1}/${steps.length}] ${title}`))
    const code = await run(command, args)
    if (code !== 0) {
      console.error(styleText('red', `\n${title}: failed with exit code ${code} (${command} ${args.join(' ')})`))
      process.exit(1)
    }
    console.log(styleText('dim', `    ${title}: ${seconds(stepStarted)}`))
  }
  console.log(styleText('green', `\nAll ${steps.length} steps passed in ${seconds(started)}.`))
}

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? (signal ? 128 : 1)))
  })
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
}
