const SERIES = 1_000
const BODIES = 20

export type BodyKind = 'single' | 'lines' | 'columns'

/** Bodies as agents send them: 100 hosts with 10 metrics each, values with two digits, times a second apart. */
export function makeBodies(kind: BodyKind, samples: number): readonly Uint8Array[] {
  if (kind === 'single') return [Buffer.from('{"name":"cpu_usage","value":85}')]
  const startMs = Date.now() - 60_000
  return Array.from({ length: BODIES }, (_, body) =>
    Buffer.from(kind === 'lines' ? lines(samples, body, startMs) : columns(samples, body, startMs)),
  )
}

const nameOf = (series: number): string => `metric_${series % 10}`
const tagsOf = (series: number): string => `{"host":"web-${Math.floor(series / 10) % 100}","region":"eu-west"}`
const valueOf = (row: number, body: number): number => Math.round(5_000 + 3_000 * Math.sin(row / 50 + body)) / 100

/** One sample of each series, in turn. */
function lines(samples: number, body: number, startMs: number): string {
  return Array.from({ length: samples }, (_, row) => {
    const time = startMs + 1_000 * (body + BODIES * Math.floor(row / SERIES))
    return `{"name":"${nameOf(row)}","value":${valueOf(row, body)},"timestamp":${time},"tags":${tagsOf(row)}}\n`
  }).join('')
}

/** Ten series with a tenth of the samples each. */
function columns(samples: number, body: number, startMs: number): string {
  const rows = samples / 10
  const blocks = Array.from({ length: 10 }, (_, block) => {
    const series = body * 10 + block
    const timestamps = Array.from({ length: rows }, (_, row) => startMs + 500 * row)
    const values = Array.from({ length: rows }, (_, row) => valueOf(row, body))
    return `{"name":"${nameOf(series)}","tags":${tagsOf(series)},"timestamps":[${timestamps.join(',')}],"values":[${values.join(',')}]}`
  })
  return `{"columns":[${blocks.join(',')}]}`
}
