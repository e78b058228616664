// What is wrong with this line, why, and what to do.
// #region readme
import { ReadingHistory, diagnose } from '@tps/andon'

const history = new ReadingHistory({ everyMs: 0 }) // remembers the readings of the last 15 minutes by default

/** The snapshots of your primitives go here as they are. */
function look(depth: number, processingRate: number) {
  const line = {
    queue: { depth, capacity: 100, enqueueRate: 100, dequeueRate: processingRate },
    pool: { workers: 8, utilization: 1, processingRate },
    downstream: { isHealthy: false },
  }
  const diagnosis = diagnose(line, { earlier: history.earlier() })
  history.add(line)
  return diagnosis
}

for (let minute = 0; minute < 5; minute++) look(40, 100) // all is well: later, this is what to compare with
const { severity, findings, incident } = look(100, 50)

console.log(severity, incident?.level) // critical red
for (const { scenario, likelyCause, evidence, nextSteps } of findings) {
  console.log(scenario, likelyCause) // The queue is full: The workers wait for a slow downstream service.
  for (const { reading, value, comparison, threshold } of evidence) console.log(reading, value, comparison, threshold) // queue.depthRatio 1 at least 1
  for (const step of nextSteps) console.log(`- ${step}`)
}
// #endregion

const [finding] = findings
if (severity !== 'critical' || finding?.likelyCause !== 'The workers wait for a slow downstream service.')
  throw new Error('not as described')
