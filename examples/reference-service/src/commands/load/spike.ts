import type { Usage } from './options.ts'
import type { LoadRun } from './run.ts'
import { Tally } from './tally.ts'
import { countRows, ms, percent, serviceRows, spread, table } from './text.ts'

export const SPIKE: Usage = {
  name: 'spike',
  what: 'A calm rate, a sudden spike, and the calm rate again. Tells how long the line needs to be as before.',
  rate: 500,
  duration: 10,
  wait: true,
  more: {
    BASE: [100, 'signals a second before and after the spike'],
    BEFORE: [10, 'seconds before the spike'],
    AFTER: [30, 'seconds after it'],
  },
}

const SLICE_MS = 1_000
/** Well again: p99 of a second is at most this many times that of the calm before. */
const TIMES_CALM = 2
/** What a p99 of a hundred signals varies by on a busy machine. */
const TOLERANCE_MS = 10

/** A second after the spike. */
interface Slice {
  readonly fromMs: number
  readonly tally: Tally
}

/** Calm, spike, calm. */
export async function spike(run: LoadRun, signal: AbortSignal): Promise<object> {
  const { rate, durationMs, url, more } = run.options
  const { BASE: base = 0, BEFORE: before = 0, AFTER: after = 0 } = more
  run.say(`${base} signals/s, then ${rate}/s for ${durationMs / 1_000} s, then ${base}/s again, to ${url.href}`)
  const calm = await run.phase({ rate: base, durationMs: before * 1_000 }, undefined, signal)
  run.say(`-- the spike: ${rate}/s`)
  const high = await run.phase({ rate, durationMs }, undefined, signal)
  run.say(`-- calm again: ${base}/s`)
  const slices: Slice[] = []
  for (let fromMs = 0; fromMs < after * 1_000 && !signal.aborted; fromMs += SLICE_MS) {
    slices.push({ fromMs, tally: await run.phase({ rate: base, durationMs: SLICE_MS }, new Tally(), signal) })
  }
  const { seconds } = run
  await run.settled()
  const service = await run.watch.read()
  const recoveredAfterMs = recovery(calm, slices)
  const [calmly, highly] = [calm.count(), high.count()]
  run.say(
    `\n${table([
      ...countRows(run.total.count(), seconds),
      ['before the spike', spread(calmly.latencyMs)],
      ['in the spike', `${spread(highly.latencyMs)}; ${percent(highly.rejected / Math.max(1, highly.sent))} rejected`],
      ['well again', recoveredAfterMs === null ? `not within ${after} s` : `${ms(recoveredAfterMs)} after the spike`],
      ...serviceRows(service),
    ])}`,
  )
  return {
    rate,
    base,
    seconds,
    ...run.total.count(),
    calm: calmly,
    spike: highly,
    recoveredAfterMs,
    service: service ?? null,
  }
}

/** When the first second began from which on nothing was refused and p99 was near that of the calm. */
function recovery(calm: Tally, slices: readonly Slice[]): number | null {
  const limitMs = (calm.count().latencyMs.p99 ?? 0) * TIMES_CALM + TOLERANCE_MS
  const isWell = ({ tally }: Slice): boolean => {
    const { accepted, sent, latencyMs } = tally.count()
    return accepted === sent && (latencyMs.p99 ?? 0) <= limitMs
  }
  const lastBad = slices.findLastIndex((slice) => !isWell(slice))
  return slices[lastBad + 1]?.fromMs ?? null
}
