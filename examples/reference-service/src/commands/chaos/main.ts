import { UsageError, numberOf, oneOf, readValues, runCommand, urlOf } from '../command-line.ts'
import { randomChaos, seeded } from './random.ts'
import { recovered } from './recovery.ts'
import { SCENARIOS, queueRecover } from './scenarios.ts'
import { Target } from './target.ts'

const HELP = `make <command> [URL=…] …   or   pnpm <command> [URL=…] …

  ${[...SCENARIOS.map(({ name }) => name), 'chaos-queue-recover', 'chaos-stop', 'chaos'].join('\n  ')}

  URL          the service. Default http://localhost:8080
  ADMIN_TOKEN  its token, when it runs elsewhere
  RUNNER_URL   the runner of "make up". Default http://localhost:8070
  LATENCY      chaos-downstream, chaos-cascade: ms. Default 5000
  WAIT         chaos-stop, chaos-queue-recover: false: don't wait until it is well again. Default true
  WITHIN       how many seconds it may take to be well again. Default 120
  DURATION     chaos: no new trouble after this many seconds. Default 120
  HOLD         chaos: how many seconds each trouble lasts. Default 10
  SEED         chaos: a whole number; the same troubles come in the same order again`

const NAMES = ['URL', 'ADMIN_TOKEN', 'RUNNER_URL', 'LATENCY', 'WAIT', 'WITHIN', 'DURATION', 'HOLD', 'SEED']

await runCommand(async ([name = '', ...args]) => {
  const given = readValues(NAMES, args, process.env)
  if (!given) {
    console.log(HELP)
    return 0
  }
  const target = new Target(
    urlOf('URL', given['URL'] ?? 'http://localhost:8080'),
    urlOf('RUNNER_URL', given['RUNNER_URL'] ?? 'http://localhost:8070'),
    given['ADMIN_TOKEN'],
  )
  const latencyMs = numberOf('LATENCY', given['LATENCY'], 5_000)
  const withinMs = numberOf('WITHIN', given['WITHIN'], 120) * 1_000
  const scenario = SCENARIOS.find((one) => one.name === name)
  if (scenario) {
    console.log(await scenario.begin(target, { latencyMs }))
    return 0
  }

  if (name === 'chaos') {
    const seed = numberOf('SEED', given['SEED'], Math.ceil(Math.random() * 1e6))
    console.log(`SEED=${seed}`)
    const episodes = await randomChaos(
      target,
      {
        scenarios: SCENARIOS,
        latencyMs,
        withinMs,
        durationMs: numberOf('DURATION', given['DURATION'], 120) * 1_000,
        holdMs: numberOf('HOLD', given['HOLD'], 10) * 1_000,
        random: seeded(seed),
      },
      console.log,
    )
    console.log(
      episodes.map((episode) => `  ${episode.scenario.padEnd(20)} ${after(episode.recoveredAfterMs)}`).join('\n'),
    )
    return episodes.every(({ recoveredAfterMs }) => recoveredAfterMs !== null) ? 0 : 1
  }

  if (name === 'chaos-queue-recover') await queueRecover(target)
  else if (name === 'chaos-stop') await target.trouble('stop')
  else throw new UsageError(HELP)
  if (oneOf('WAIT', given['WAIT'] ?? 'true', ['true', 'false']) === 'false') return 0
  const tookMs = await recovered(() => target.condition(), withinMs, console.log)
  console.log(after(tookMs))
  return tookMs === null ? 1 : 0
})

function after(tookMs: number | null): string {
  return tookMs === null ? 'not well again in time' : `well again after ${(tookMs / 1_000).toFixed(1)} s`
}
