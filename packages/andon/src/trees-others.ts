import type { DiagnosisTree } from './diagnosis-tree.ts'

export const TRAFFIC_GONE: DiagnosisTree = {
  id: 'traffic-gone',
  scenario: 'No load comes in',
  source: 'Handbook §5.1: incoming load is 0, someone turned off traffic',
  severities: [
    {
      severity: 'critical',
      when: {
        all: [
          { reading: 'load.perSecond', atMost: 0 },
          { reading: 'load.baselinePerSecond', above: 0 },
        ],
      },
    },
  ],
  likelyCause: 'Somebody or something has turned off the traffic: there is usually some.',
  questions: [],
  afterwards: [
    'Send a request yourself: does it arrive?',
    'Check what is in front of this service: load balancer, DNS, network.',
    'Ask whether somebody stopped the senders.',
  ],
  resolvedWhen: ['Requests come in as usual.'],
}

export const MEMORY_GROWING: DiagnosisTree = {
  id: 'memory-growing',
  scenario: 'Memory usage keeps growing',
  source: 'Handbook §6.1',
  severities: [
    {
      severity: 'high',
      when: {
        all: [
          { reading: 'host.memoryIsGrowing', is: true },
          { reading: 'host.memoryRatio', atLeast: 0.9 },
        ],
      },
    },
    { severity: 'medium', when: { reading: 'host.memoryIsGrowing', is: true } },
  ],
  likelyCause: 'Something holds memory and does not give it back.',
  questions: [
    {
      ask: 'Which part uses the memory?',
      answers: [
        {
          answer: 'The queue',
          when: { reading: 'queue.depthRatio', atLeast: 0.8 },
          likelyCause: 'The queue holds the memory: it is nearly full.',
          nextSteps: ['Process items faster, or bound the queue by what fits into memory.'],
        },
        {
          answer: 'It grows with the load',
          when: { reading: 'scaling.loadGrowth', atLeast: 1.1 },
          likelyCause: 'Memory grows with the load.',
          nextSteps: ['Check what each item holds.', 'Bound the caches: evict by use or by age.'],
        },
        {
          answer: 'It grows without more load',
          when: {
            all: [
              { reading: 'queue.depthRatio', below: 0.8 },
              { reading: 'scaling.loadGrowth', below: 1.1 },
            ],
          },
          likelyCause: 'Probably a leak: memory grows independently of the load.',
          nextSteps: ['Compare heap snapshots of the workers.', 'Check the eviction of the caches.'],
        },
      ],
    },
  ],
  afterwards: ['Restart from time to time while the cause is being looked for.'],
  resolvedWhen: ['Memory usage no longer grows.'],
}
