import type { DiagnosisTree } from './diagnosis-tree.ts'
import {
  CPU_USED_UP,
  DISK_USED_UP,
  MEMORY_USED_UP,
  NETWORK_USED_UP,
  WAITS_FOR_IO,
  whatChanged,
} from './trees-questions.ts'

export const LATENCY_HIGH: DiagnosisTree = {
  id: 'latency-high',
  scenario: 'The latency has spiked',
  source: 'Handbook §4.4',
  severities: [
    {
      severity: 'high',
      when: { reading: 'latency.growth', above: 2 },
      source: 'Handbook §5.1: latency more than twice the baseline, users notice',
    },
    {
      severity: 'medium',
      when: { reading: 'latency.growth', atLeast: 1.5 },
      source: 'Handbook §5.1: latency 50 % above the baseline, slight slowdown',
    },
  ],
  likelyCause: 'Something takes longer than it did.',
  immediately: ['Pick a slow request, and look at its trace: where does the time go?'],
  questions: [
    {
      ask: 'Where is the time being spent?',
      answers: [
        {
          answer: 'In the downstream service',
          when: { reading: 'downstream.timeRatio', above: 0.5 },
          likelyCause: 'The bottleneck is the downstream service: most of the time is spent there.',
          nextSteps: ['Page the owner of the downstream service.'],
        },
        {
          answer: 'In this service, mostly in one stage',
          when: {
            all: [
              { reading: 'downstream.timeRatio', atMost: 0.5 },
              { reading: 'breakdown.largestShare', atLeast: 0.5 },
            ],
          },
          likelyCause: 'The bottleneck is here: most of the time goes to {breakdown.largestStage}.',
          nextSteps: ['Look at {breakdown.largestStage} first.'],
        },
        {
          answer: 'In this service',
          when: { reading: 'downstream.timeRatio', atMost: 0.5 },
          likelyCause: 'The bottleneck is here, not in the downstream service.',
          nextSteps: ['Find the slowest step in the trace.'],
        },
      ],
    },
    CPU_USED_UP,
    MEMORY_USED_UP,
    DISK_USED_UP,
    NETWORK_USED_UP,
    WAITS_FOR_IO,
    {
      ask: 'Did it spike at a specific time?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'latency.onset', is: 'sudden' },
          likelyCause: 'It began suddenly.',
          nextSteps: ['Find out what changed then.'],
          questions: /* @__PURE__ */ whatChanged('traces'),
        },
        {
          answer: 'No: gradually',
          when: { reading: 'latency.onset', is: 'gradual' },
          likelyCause: 'It degrades gradually: a leak, or something that accumulates.',
          nextSteps: ['Check memory and disk over time.'],
        },
      ],
    },
    {
      ask: 'Is it high for all requests or just for some?',
      answers: [
        {
          answer: 'All',
          when: { reading: 'latency.p50Growth', atLeast: 1.5 },
          likelyCause: 'All requests are slow: the bottleneck is a shared resource.',
          nextSteps: ['Find what all requests share.'],
        },
        {
          answer: 'Some',
          when: { reading: 'latency.p50Growth', below: 1.5 },
          likelyCause: 'Only some requests are slow: a slow path, or contention now and then.',
          nextSteps: ['Compare a slow trace with a fast one.'],
        },
      ],
    },
  ],
  afterwards: ['Scale the resource, fix the code, or set a timeout for what the requests depend on.'],
  resolvedWhen: [
    'p50 is back at its baseline.',
    'p99 is less than 10 times p50.',
    'No slow traces any more.',
    'The throughput is stable.',
  ],
}

export const TAIL_SLOW: DiagnosisTree = {
  id: 'tail-slow',
  scenario: 'Some requests time out while others succeed',
  source: 'Handbook §6.1',
  severities: [
    {
      severity: 'medium',
      when: {
        all: [
          { reading: 'latency.tailRatio', above: 10 },
          { reading: 'latency.count', atLeast: 100 },
        ],
      },
    },
  ],
  likelyCause: 'Some requests take a slow path, or contend for something now and then.',
  questions: [
    {
      ask: 'Is it the downstream service?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'downstream.timeRatio', above: 0.5 },
          likelyCause: 'The downstream service is slow for some requests.',
          nextSteps: ['Add retries or a fallback.'],
        },
        {
          answer: 'No',
          when: { reading: 'downstream.timeRatio', atMost: 0.5 },
          likelyCause: 'A slow path or contention here: the downstream service is not what takes the time.',
          nextSteps: [
            'If some requests take a slow path, give them a worker pool of their own.',
            'If they contend for a lock or a resource, add more of it.',
          ],
        },
      ],
    },
  ],
  afterwards: [
    'Compare the trace of a slow request with that of a fast one.',
    'Set a suitable timeout: not too short, not too long.',
  ],
  resolvedWhen: ['p99 is less than 10 times p50.'],
}
