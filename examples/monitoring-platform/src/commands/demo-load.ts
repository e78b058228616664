import { Pool } from 'undici'

export interface PostsResult {
  readonly posts: number
  readonly ms: number
  /** Answers other than 202. */
  readonly refused: number
}

export interface Demand {
  readonly signal: AbortSignal
  readonly onDone?: (done: number) => void
}

/** Sends `bodies` from so many connections, each one request after the other. */
export async function post(
  url: string,
  bodies: Iterable<string>,
  connections: number,
  { signal, onDone }: Demand,
): Promise<PostsResult> {
  const pool = new Pool(url, { connections, pipelining: 1 })
  const waiting = bodies[Symbol.iterator]()
  let posts = 0
  let refused = 0
  const client = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const { statusCode, body } = await pool.request({ path: '/metrics', method: 'POST', body: next.value, signal })
      await body.dump()
      if (statusCode !== 202) refused++
      onDone?.(++posts)
    }
  }
  const startMs = performance.now()
  try {
    await Promise.all(Array.from({ length: connections }, client))
    return { posts, ms: performance.now() - startMs, refused }
  } finally {
    await pool.destroy()
  }
}

/** The same small sample again and again. */
export function* singles(posts: number): Generator<string> {
  for (let index = 0; index < posts; index++) yield `{"name":"load_test","value":${index % 100}}`
}

const HOSTS = 100
const METRICS = 10
/** How many samples are in one of `batches`: one of each series. */
export const BATCH: number = HOSTS * METRICS

/** Five minutes of 1,000 series until `endMs`, a moment of all of them in each batch, as lines of JSON. */
export function* batches(moments: number, endMs: number): Generator<string> {
  const stepMs = 300_000 / moments
  for (let moment = 0; moment < moments; moment++) {
    const timestamp = Math.floor(endMs - 300_000 + moment * stepMs)
    let text = ''
    for (let series = 0; series < BATCH; series++) {
      const value = Math.round(5_000 + 3_000 * Math.sin(moment / 50 + series)) / 100
      text += `{"name":"metric_${series % METRICS}","value":${value},"timestamp":${timestamp},"tags":{"host":"web-${Math.floor(series / METRICS)}"}}\n`
    }
    yield text
  }
}
