import type { DiagnosisTree } from './diagnosis-tree.ts'
import { CPU_USED_UP, DISK_USED_UP, MEMORY_USED_UP, NETWORK_USED_UP } from './trees-questions.ts'

/** A mean of the last minute: so many busy workers are all of them. */
const ALL_BUSY = 0.95

export const QUEUE_FULL: DiagnosisTree = {
  id: 'queue-full',
  scenario: 'The queue is full',
  source: 'Handbook §4.1',
  severities: [
    {
      severity: 'critical',
      when: {
        all: [
          { reading: 'queue.depthRatio', atLeast: 1 },
          { reading: 'errors.ratio', above: 0.01 },
        ],
      },
      source: 'Handbook §5.1: queue full and a high error rate, cascading failure',
    },
    {
      severity: 'critical',
      when: {
        all: [
          { reading: 'queue.depthRatio', atLeast: 1 },
          { reading: 'throughput.growth', below: 0.8 },
        ],
      },
      source: 'Handbook §5.2: queue full and declining throughput',
    },
    {
      severity: 'high',
      when: { reading: 'queue.depthRatio', atLeast: 1 },
      source: 'Handbook §5.1: queue full, but being processed',
    },
  ],
  likelyCause: 'More comes in than the workers get through.',
  immediately: ['Limit the rate: refuse requests early, with a clear error message.', 'Page the on-call engineer.'],
  questions: [
    {
      ask: 'Are the workers busy, and do they get through as much as ever?',
      answers: [
        {
          answer: 'All busy, high throughput',
          when: {
            all: [
              { reading: 'pool.utilization', atLeast: ALL_BUSY },
              { reading: 'throughput.growth', atLeast: 0.8 },
            ],
          },
          likelyCause: 'The workers are at capacity: they work as fast as ever, but more comes in.',
          nextSteps: [
            'Scale the workers: half as many again.',
            'Watch whether the depth of the queue falls; if it stays full, scale again.',
          ],
        },
        {
          answer: 'Not all busy',
          when: { reading: 'pool.utilization', below: ALL_BUSY },
          likelyCause: 'Something keeps the workers from working.',
          nextSteps: ['Find out what blocks the workers.'],
          questions: [
            {
              ask: 'Is the circuit breaker open?',
              answers: [
                {
                  answer: 'Yes',
                  when: { reading: 'breaker.state', is: ['open', 'forced-open'] },
                  likelyCause: 'The downstream service is broken: its circuit is open, and the workers can’t get on.',
                  nextSteps: ['Check the downstream service.'],
                },
              ],
            },
            {
              ask: 'Are the workers deadlocked?',
              answers: [
                {
                  answer: 'Nothing is processed, or handlers are overdue',
                  when: {
                    any: [
                      { reading: 'throughput.perSecond', atMost: 0 },
                      { reading: 'pool.overdueRatio', above: 0 },
                    ],
                  },
                  likelyCause: 'Workers are stuck: a deadlock, or a call that never returns.',
                  nextSteps: ['Look for a deadlock in the logs.'],
                },
              ],
            },
            CPU_USED_UP,
            MEMORY_USED_UP,
            DISK_USED_UP,
            NETWORK_USED_UP,
          ],
        },
        {
          answer: 'All busy, low throughput',
          when: {
            all: [
              { reading: 'pool.utilization', atLeast: ALL_BUSY },
              { reading: 'throughput.growth', below: 0.8 },
            ],
          },
          likelyCause: 'The workers are slow.',
          nextSteps: ['Find out what makes the workers slow.'],
          questions: [
            {
              ask: 'Is the latency high?',
              answers: [
                {
                  answer: 'Yes',
                  when: { reading: 'latency.growth', atLeast: 1.5 },
                  likelyCause: 'The workers are slow: latency is {latency.growth} times the usual.',
                  nextSteps: ['Find the bottleneck in the trace of a slow signal.'],
                },
              ],
            },
            CPU_USED_UP,
            MEMORY_USED_UP,
            DISK_USED_UP,
            NETWORK_USED_UP,
            {
              ask: 'Is the downstream service slow?',
              answers: [
                {
                  answer: 'Yes',
                  when: {
                    any: [
                      { reading: 'downstream.isHealthy', is: false },
                      { reading: 'downstream.timeRatio', above: 0.5 },
                    ],
                  },
                  likelyCause: 'The workers wait for a slow downstream service.',
                  nextSteps: ['Page the owner of the downstream service.'],
                },
              ],
            },
          ],
        },
        {
          answer: 'All busy, throughput not known',
          when: { reading: 'pool.utilization', atLeast: ALL_BUSY },
          likelyCause: 'The workers are at capacity.',
          nextSteps: ['Compare the throughput with the usual one: high, scale the workers; low, find what slows them.'],
        },
      ],
    },
    {
      ask: 'Did the incoming load increase?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'load.growth', atLeast: 1.5 },
          likelyCause: 'The load has grown: {load.growth} times the usual.',
          nextSteps: ['Was this load expected? If it stays, scale ahead of it.'],
        },
        {
          answer: 'No',
          when: { reading: 'load.growth', below: 1.5 },
          likelyCause: 'The load is as usual: something makes the workers slower.',
          nextSteps: ['What changed: a deployment, the downstream service?'],
        },
      ],
    },
  ],
  afterwards: [
    'Add capacity before the queue is full.',
    'Optimise the bottleneck, if throughput and not load was the matter.',
    'Shed load gracefully instead of queueing it.',
  ],
  resolvedWhen: [
    'The queue is less than 80 % full.',
    'The error rate is back to normal.',
    'Incoming requests are accepted again.',
    'This has been so for at least 5 minutes.',
  ],
}

export const QUEUE_ALWAYS_FULL: DiagnosisTree = {
  id: 'queue-always-full',
  scenario: 'The queue is constantly full',
  source: 'Handbook §6.1',
  severities: [{ severity: 'high', when: { reading: 'queue.fullForMs', atLeast: 300_000 } }],
  likelyCause: 'Capacity is chronically short.',
  questions: [
    {
      ask: 'Is the utilization of the workers at 100 %?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'pool.utilization', atLeast: ALL_BUSY },
          likelyCause: 'The workers are at capacity all the time.',
          nextSteps: ['Scale the workers.'],
        },
        {
          answer: 'No',
          when: { reading: 'pool.utilization', below: ALL_BUSY },
          likelyCause: 'The queue stays full although workers are free: something blocks them.',
          nextSteps: ['Find out what blocks the workers.'],
        },
      ],
    },
    {
      ask: 'Does the load come in spikes, or is it constant?',
      answers: [
        {
          answer: 'Spikes, and throughput keeps up',
          when: {
            all: [
              { reading: 'load.growth', atLeast: 1.5 },
              { reading: 'throughput.growth', atLeast: 0.8 },
            ],
          },
          likelyCause: 'The load comes in bursts that the queue has no room for.',
          nextSteps: ['Find out whether the spike was expected.', 'Make the queue larger, if there is memory for it.'],
        },
      ],
    },
  ],
  afterwards: ['Shed load: refuse gracefully what is too much.'],
  resolvedWhen: ['The queue is less than 80 % full and stays so for at least 5 minutes.'],
}

export const QUEUE_FILLING: DiagnosisTree = {
  id: 'queue-filling',
  scenario: 'The queue is filling up',
  source: 'Handbook §5.1: queue at 80 %, approaching capacity',
  severities: [
    {
      severity: 'medium',
      when: {
        all: [
          { reading: 'queue.depthRatio', atLeast: 0.8 },
          { reading: 'queue.depthRatio', below: 1 },
        ],
      },
    },
  ],
  likelyCause: 'The line is close to its capacity.',
  questions: [
    {
      ask: 'Are the workers busy?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'pool.utilization', above: 0.8 },
          likelyCause: 'The queue is high and the workers are busy: they are too few for this load.',
          nextSteps: ['Scale the workers.'],
          source: 'Handbook §3.2',
        },
      ],
    },
    {
      ask: 'Is it growing?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'queue.netRate', above: 0 },
          likelyCause: 'More comes in than goes out: {queue.netRate} items a second.',
          nextSteps: ['Watch it closely, and plan to scale soon.'],
          source: 'Handbook §3.1, metric 1',
        },
        {
          answer: 'No',
          when: { reading: 'queue.netRate', atMost: 0 },
          likelyCause: 'The line is catching up.',
          nextSteps: ['Watch whether the depth goes on falling.'],
          source: 'Handbook §3.1, metric 1',
        },
      ],
    },
  ],
  afterwards: ['Check whether upstream traffic increased or workers slowed down.'],
  resolvedWhen: ['The queue is less than 80 % full.'],
}
