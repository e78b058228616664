import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Page } from './page.ts'
import { Lab, documents } from './shell.ts'

/** What a machine that does much else besides may take. */
const MOST_MS = 120_000

/** The tree of lab 6, as `GET /traces/:id` lists it. */
const TREE = [
  'ProcessSignal',
  '  ReceiveSignal',
  '    ParseRequest',
  '  Kanban.Enqueue',
  '    CheckQueueCapacity',
  '  Worker.Dequeue',
  '    WaitForWork',
  '  ReturnResponse',
  '  ProcessWork',
  '    ValidateSignal',
  '    ExecuteTask',
  '      FetchFromCache',
  '      FetchFromDatabase',
  '      ParseResult',
  '    RecordResult',
  '  Jidoka.Check',
  '    CallDownstream',
  '      Downstream.Call',
  '  Kaizen.RecordMetric',
  '  Heijunka.UpdateLoad',
]

describe('lab 6', () => {
  const page = new Page('labs/lab-6-tracing.md')
  let lab: Lab
  beforeAll(async () => {
    lab = await Lab.start({ environment: {}, lapse: 2 })
  })
  afterAll(async () => await lab[Symbol.asyncDispose]())

  /** Runs the commands of sections in one shell, as a reader does, who keeps TRACE_ID. */
  async function run(...headings: string[]): Promise<string> {
    return await lab.run(headings.flatMap((heading) => page.commands(heading)).join('\n'))
  }

  it(
    'shows the tree of a signal, with times, services, tags and events',
    async () => {
      const printed = await run('Before you begin', '6.1', '6.2')
      expect(printed).toMatch(/^Signal ID: [\da-f-]{36}$/m)
      expect(printed).toMatch(/^Trace ID: [\da-f]{32}$/m)
      const lines = printed.split('\n')
      // An answer may overtake the worker, or the other way round.
      const begin = lines.indexOf('ProcessSignal')
      expect(lines.slice(begin, begin + TREE.length).toSorted()).toEqual(TREE.toSorted())
      expect(printed).toMatch(/^ProcessSignal {2}[\d.]+ ms {2}tps-system$/m)
      expect(printed).toMatch(/^Kaizen\.RecordMetric {2}[\d.]+ ms {2}tps-metrics$/m)
      expect(documents(printed.slice(printed.indexOf('\n{\n') + 1))).toMatchObject([
        {
          name: 'FetchFromCache',
          service: 'tps-worker',
          attributes: { 'cache.hit': false },
          events: [{ name: 'CacheMiss' }],
        },
      ])
    },
    MOST_MS,
  )

  it(
    'tells a slow task from a quick one',
    async () => {
      const printed = await run('6.3')
      const took = (task: string): number =>
        Number(new RegExp(`^${task} task: ProcessWork ([\\d.]+) ms$`, 'm').exec(printed)?.[1])
      expect(took('slow')).toBeGreaterThanOrEqual(99)
      expect(took('quick')).toBeGreaterThanOrEqual(9)
      expect(took('slow')).toBeGreaterThan(took('quick'))
    },
    MOST_MS,
  )

  it(
    'follows a signal through the log, by an id that all components have',
    async () => {
      const [send = '', find = '', tags = ''] = page.commands('6.4')
      // The log that the shell sees is that of the moment at which it starts.
      const id = (await lab.run(`${send}\necho $TRACE_ID`)).trim()
      const printed = await lab.run(`TRACE_ID=${id}\n${tags}`)
      const logged = await lab.run(`TRACE_ID=${id}\n${find}`)
      expect(logged.trim().split('\n')).toEqual(
        expect.arrayContaining([
          `[api] trace_id=${id} Processing signal`,
          `[queue] trace_id=${id} Enqueued`,
          `[worker] trace_id=${id} Dequeued`,
          `[jidoka] trace_id=${id} Circuit check passed`,
          `[metrics] trace_id=${id} Recorded`,
        ]),
      )
      expect(documents(printed)).toMatchObject([
        {
          trace_id: id,
          span_id: expect.stringMatching(/^[\da-f]{16}$/),
          parent_span_id: null,
          service: 'tps-system',
          'http.method': 'POST',
          user_id: 'test-user',
          task: 'correlation-test',
        },
      ])
    },
    MOST_MS,
  )

  it(
    'finds that a signal only waited for the one worker, and that with two it does not',
    async () => {
      const printed = await run('6.5')
      const waited = [...printed.matchAll(/^WaitForWork took ([\d.]+) ms(?:, (\d+) % of total time)?$/gm)]
      const [slow, after] = waited.map(([, ms, percent]) => ({ ms: Number(ms), percent: Number(percent) }))
      // Four others were before it, 400 ms each.
      expect(slow?.ms).toBeGreaterThan(1_200)
      expect(slow?.percent).toBeGreaterThan(60)
      expect(after?.ms).toBeLessThan((slow?.ms ?? 0) / 3)
    },
    MOST_MS,
  )
})
