import type { DiagnosisTree } from './diagnosis-tree.ts'

/** Fewer than so many busy workers are idle ones. */
const IDLE = 0.2

export const WORKERS_IDLE: DiagnosisTree = {
  id: 'workers-idle',
  scenario: 'The workers are idle',
  source: 'Handbook §3.2: queue depth and worker utilization',
  severities: [
    {
      severity: 'high',
      when: {
        all: [
          { reading: 'pool.utilization', below: IDLE },
          { reading: 'queue.readyRatio', atLeast: 0.8 },
        ],
      },
    },
    {
      severity: 'medium',
      when: {
        all: [
          { reading: 'pool.utilization', below: IDLE },
          {
            any: [
              { reading: 'queue.readyRatio', atLeast: 0.3 },
              {
                all: [
                  { reading: 'queue.readyRatio', atLeast: 0 },
                  { reading: 'load.perSecond', above: 0 },
                ],
              },
            ],
          },
        ],
      },
    },
  ],
  likelyCause: 'Work waits and is not taken.',
  questions: [
    {
      ask: 'Is the queue high or low?',
      answers: [
        {
          answer: 'High',
          when: { reading: 'queue.readyRatio', atLeast: 0.8 },
          likelyCause: 'Something is broken: the queue is high, and the workers do not process it.',
          nextSteps: ['Check that the workers run and pull from this queue.', 'Look for errors in their logs.'],
        },
        {
          answer: 'In between',
          when: { reading: 'queue.readyRatio', atLeast: 0.3 },
          likelyCause: 'Work waits although workers are free: they may not be taking it.',
          nextSteps: ['Check that the workers run and pull from this queue.'],
        },
        {
          answer: 'Low',
          when: { reading: 'queue.readyRatio', below: 0.3 },
          likelyCause: 'There are more workers than this load needs.',
          nextSteps: ['Reduce the workers, if the load stays as it is.'],
        },
      ],
    },
  ],
  resolvedWhen: ['From 60 to 80 % of the workers are busy.', 'The queue does not grow.'],
}

export const WORKERS_BUSY: DiagnosisTree = {
  id: 'workers-busy',
  scenario: 'All workers are busy',
  source: 'Handbook §3.2: queue depth and worker utilization',
  severities: [
    {
      severity: 'medium',
      when: {
        all: [
          { reading: 'pool.utilization', atLeast: 1 },
          { reading: 'queue.depthRatio', below: 0.8 },
        ],
      },
    },
  ],
  likelyCause: 'The line is at its capacity.',
  questions: [
    {
      ask: 'Do handlers hang?',
      answers: [
        {
          answer: 'Yes',
          when: {
            any: [
              { reading: 'pool.overdueRatio', above: 0 },
              { reading: 'throughput.perSecond', atMost: 0 },
            ],
          },
          likelyCause: 'Handlers hang: they have timed out and still run, or nothing comes out any more.',
          nextSteps: ['Find the call that does not return, and make it obey its abort signal.'],
          source: 'Handbook §3.1, metric 3',
        },
      ],
    },
    {
      ask: 'Is the queue low?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'queue.depthRatio', below: 0.3 },
          likelyCause: 'The tasks are slow: the queue is low and the workers are busy all the same.',
          nextSteps: ['Look at the traces of slow tasks: this is a matter of latency, not of too few workers.'],
        },
        {
          answer: 'No',
          when: { reading: 'queue.depthRatio', atLeast: 0.3 },
          likelyCause: 'The workers are at capacity.',
          nextSteps: ['Add workers, if the load stays as it is.'],
          source: 'Handbook §3.1, metric 5',
        },
      ],
    },
  ],
  resolvedWhen: ['From 60 to 80 % of the workers are busy.'],
}

export const ONE_POOL_SLOWER: DiagnosisTree = {
  id: 'one-pool-slower',
  scenario: 'One worker pool is slower than the others',
  source: 'Handbook §5.1: one worker pool slower than others',
  severities: [
    {
      severity: 'medium',
      when: {
        any: [
          { reading: 'pools.slowestRatio', atLeast: 2 },
          {
            all: [
              { reading: 'leveler.imbalanceFactor', atLeast: 1 },
              { reading: 'leveler.avgPerWorker', atLeast: 2 },
            ],
          },
        ],
      },
    },
  ],
  likelyCause: 'Some workers have more to do, or slower work, than the others.',
  questions: [
    {
      ask: 'Is it the work or the share of it?',
      answers: [
        {
          answer: 'The work is slower',
          when: { reading: 'pools.slowestRatio', atLeast: 2 },
          likelyCause: 'One pool takes {pools.slowestRatio} times as long as the others for an item.',
          nextSteps: ['Compare the traces of this pool with those of the others.'],
        },
        {
          answer: 'The load is uneven',
          when: { reading: 'leveler.imbalanceFactor', atLeast: 1 },
          likelyCause: 'The load is not level: some workers are always busy while others are idle.',
          nextSteps: ['Let the load be rebalanced, or let all workers pull from one queue.'],
          source: 'Handbook §1.2, principle 5',
        },
      ],
    },
  ],
  afterwards: ['Give slow tasks a pool of their own, so that fast ones do not wait for them.'],
  resolvedWhen: ['All pools take about as long for an item, and have about as much to do.'],
}
