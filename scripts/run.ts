import { spawn } from 'node:child_process'
import { styleText } from 'node:util'

/** One command of a longer run. */
export interface Step {
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
}

/**
 * Runs the steps one after the other, shows what each prints, and stops at the first that fails. Steps in a list of their own
 * run side by side: what each of them prints is shown when it has ended.
 */
export async function runSteps(steps: readonly (Step | readonly Step[])[]): Promise<void> {
  const started = performance.now()
  for (const [index, step] of steps.entries()) {
    const together = 'title' in step ? [step] : step
    const title = together.map((one) => one.title).join(' | ')
    console.log(styleText('bold', `\n[${index + 1}/${steps.length}] ${title}`))
    const codes = await Promise.all(together.map(async (one) => await runStep(one, together.length > 1)))
    if (codes.some((code) => code !== 0)) process.exit(1)
  }
  console.log(styleText('green', `\nAll ${steps.length} steps passed in ${seconds(started)}.`))
}

async function runStep({ title, command, args }: Step, isGathered: boolean): Promise<number> {
  const started = performance.now()
  const { code, printed } = await run(command, args, isGathered)
  process.stdout.write(printed)
  if (code === 0) console.log(styleText('dim', `    ${title}: ${seconds(started)}`))
  else console.error(styleText('red', `\n${title}: failed with exit code ${code} (${command} ${args.join(' ')})`))
  return code
}

function run(
  command: string,
  args: readonly string[],
  isGathered: boolean,
): Promise<{ readonly code: number; readonly printed: string }> {
  return new Promise((resolve, reject) => {
    const out = isGathered ? 'pipe' : 'inherit'
    const child = spawn(command, args, { stdio: ['ignore', out, out] })
    let printed = ''
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code: code ?? (signal ? 128 : 1), printed }))
  })
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`
}
