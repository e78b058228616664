// #region readme
import { Autoscaler } from '@tps/heijunka'
import { PullQueue, WorkerPool } from '@tps/kanban'

const queue = new PullQueue<string>({ capacity: 500 })
const pool = new WorkerPool({ source: queue, workers: 2 }, async (job) => await work(job))

using scaler = new Autoscaler({
  min: 2,
  max: 32,
  read: () => {
    const { workers, utilization, processingRate } = pool.snapshot()
    return { workers, utilization, throughput: processingRate, queueDepth: queue.snapshot().depth }
  },
  scale: (workers) => pool.resize(workers),
})
scaler.on('scaled', ({ decision }) => console.log(decision.explanation)) // 2 to 3: utilization asks for 2.9
scaler.on('scaling-not-helping', ({ sufficient, bottleneck }) => {
  console.log(`more than ${sufficient} workers bring no more: look at ${bottleneck}`)
})
scaler.start()
// #endregion

async function work(job: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, job.length))
}

for (let job = 0; job < 100; job++) queue.offer(`job ${job}`)
await pool.drain()
await pool.stop()
const { workers, decisions, readFailures } = scaler.snapshot()
if (workers !== 2 || decisions !== 1 || readFailures > 0) throw new Error('it should have looked once, at its start')
