import type { DiagnosisTree } from './diagnosis-tree.ts'
import { CPU_USED_UP, DISK_USED_UP, MEMORY_USED_UP, NETWORK_USED_UP } from './trees-questions.ts'

export const SCALING_UP: DiagnosisTree = {
  id: 'scaling-up',
  scenario: 'The workers keep scaling up',
  source: 'Handbook §4.5',
  severities: [
    {
      severity: 'high',
      when: { reading: 'pool.scaleUps', atLeast: 2 },
      source: 'Handbook §5.1: workers scaling up',
    },
  ],
  likelyCause: 'The load increases, or something other than the workers is the bottleneck.',
  immediately: ['Put a cap on the number of workers, so that scaling does not run away.'],
  questions: [
    {
      ask: 'Is the throughput increasing with more workers?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'scaling.throughputGrowth', atLeast: 1.1 },
          likelyCause: 'Scaling works: throughput grows with the workers.',
          nextSteps: ['Go on watching.'],
        },
        {
          answer: 'No',
          when: { reading: 'scaling.throughputGrowth', below: 1.1 },
          likelyCause: 'More workers do not help: the bottleneck is elsewhere.',
          nextSteps: ['Find the bottleneck: CPU, memory, disk, network or another service.'],
          questions: [
            CPU_USED_UP,
            MEMORY_USED_UP,
            DISK_USED_UP,
            NETWORK_USED_UP,
            {
              ask: 'Can the downstream service bear the load?',
              answers: [
                {
                  answer: 'No',
                  when: {
                    any: [
                      { reading: 'downstream.isHealthy', is: false },
                      { reading: 'downstream.loadRatio', atLeast: 0.9 },
                      { reading: 'downstream.timeRatio', above: 0.5 },
                    ],
                  },
                  likelyCause: 'The downstream service is the bottleneck: more workers only press it harder.',
                  nextSteps: ['Talk to its owner, or route around it.'],
                },
              ],
            },
            {
              ask: 'Is it another shared resource?',
              answers: [
                {
                  answer: 'Nothing else is left',
                  when: {
                    all: [
                      { reading: 'host.cpuRatio', below: 0.9 },
                      { reading: 'host.memoryRatio', below: 0.9 },
                      { reading: 'downstream.isHealthy', is: true },
                      {
                        not: {
                          any: [
                            { reading: 'downstream.loadRatio', atLeast: 0.9 },
                            { reading: 'downstream.timeRatio', above: 0.5 },
                          ],
                        },
                      },
                    ],
                  },
                  likelyCause:
                    'A shared resource is the bottleneck: the database, its connections, the disk or the network.',
                  nextSteps: ['Check the database and its connection pool, then disk and network.'],
                },
              ],
            },
          ],
        },
      ],
    },
    {
      ask: 'Is the incoming load actually increasing?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'scaling.loadGrowth', atLeast: 1.1 },
          likelyCause: 'The load increases: scaling is normal.',
          nextSteps: ['Verify that the throughput keeps up with the load.'],
        },
        {
          answer: 'No',
          when: { reading: 'scaling.loadGrowth', below: 1.1 },
          likelyCause: 'The load does not increase: something keeps scaling from helping.',
          nextSteps: ['Look for a bottleneck or a leak.'],
        },
      ],
    },
    {
      ask: 'Is the threshold of the autoscaler appropriate?',
      answers: [
        {
          answer: 'Too low',
          when: { reading: 'pool.utilization', below: 0.6 },
          likelyCause: 'The autoscaler is too aggressive: it adds workers although many are idle.',
          nextSteps: ['Raise its threshold.'],
        },
        {
          answer: 'Too high',
          when: {
            all: [
              { reading: 'pool.utilization', atLeast: 0.95 },
              { reading: 'queue.depthRatio', atLeast: 0.8 },
            ],
          },
          likelyCause: 'The autoscaler is too late: the queue is high before workers are added.',
          nextSteps: ['Lower its threshold, so that it scales earlier.'],
        },
      ],
    },
  ],
  afterwards: ['Fix the bottleneck, or adjust the threshold; then check that the worker count stays.'],
  resolvedWhen: [
    'The number of workers no longer increases.',
    'The throughput of a worker is reasonable and steady.',
    'The queue does not build up.',
    'The cost is acceptable.',
  ],
}

export const NOT_SCALING: DiagnosisTree = {
  id: 'not-scaling',
  scenario: 'Auto-scaling isn’t working',
  source: 'Handbook §6.1',
  severities: [
    {
      severity: 'medium',
      when: {
        all: [
          { reading: 'load.growth', atLeast: 1.5 },
          { reading: 'pool.utilization', atLeast: 0.9 },
          { reading: 'scaling.workersGrowth', atMost: 1 },
        ],
      },
    },
  ],
  likelyCause: 'The load increases, but no workers are added.',
  questions: [
    {
      ask: 'Is it enabled, and does it have room?',
      answers: [
        {
          answer: 'Not enabled',
          when: { reading: 'autoscaler.isEnabled', is: false },
          likelyCause: 'Auto-scaling is disabled.',
          nextSteps: ['Enable auto-scaling.'],
        },
        {
          answer: 'At its limit',
          when: { reading: 'autoscaler.roomRatio', atMost: 0 },
          likelyCause: 'The number of workers is at its maximum.',
          nextSteps: ['Raise the maximum of workers.'],
        },
        {
          answer: 'It has stopped by itself',
          when: { reading: 'autoscaler.isHeld', is: true },
          likelyCause: 'The autoscaler holds: it has found that more workers do not help.',
          nextSteps: ['Find the bottleneck that the workers share: CPU, database, disk, network or another service.'],
          source: 'Handbook §4.5',
        },
        {
          answer: 'Below its threshold',
          when: { reading: 'autoscaler.wanted', atMost: 0 },
          likelyCause: 'The threshold is too high: it is not reached although the workers are busy.',
          nextSteps: ['Lower the threshold.'],
        },
        {
          answer: 'It should have scaled',
          when: {
            all: [
              { reading: 'autoscaler.isEnabled', is: true },
              { reading: 'autoscaler.roomRatio', above: 0 },
              { reading: 'autoscaler.wanted', above: 0 },
            ],
          },
          likelyCause: 'Auto-scaling fails: it is enabled, has room, and is above its threshold.',
          nextSteps: ['Check the logs of the autoscaler for errors.'],
        },
      ],
    },
  ],
  resolvedWhen: ['Workers are added as the load increases.', 'Less than 90 % of them are busy.'],
}
