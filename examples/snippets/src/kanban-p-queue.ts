import assert from 'node:assert/strict'

const ran: string[] = []

// #region readme
import PQueue from 'p-queue'
import { PriorityLaneQueue } from '@tps/kanban/p-queue'

const queue = new PQueue({ concurrency: 1, queueClass: PriorityLaneQueue })

void queue.add(() => ran.push('first')) // begins at once
void queue.add(() => ran.push('normal'))
void queue.add(() => ran.push('urgent'), { priority: 10 })
await queue.onIdle() // first, urgent, normal
// #endregion

assert.deepEqual(ran, ['first', 'urgent', 'normal'])
