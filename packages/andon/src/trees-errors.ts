import type { DiagnosisTree } from './diagnosis-tree.ts'
import { whatChanged } from './trees-questions.ts'

export const ERRORS_HIGH: DiagnosisTree = {
  id: 'errors-high',
  scenario: 'The error rate is high',
  source: 'Handbook §4.3',
  severities: [
    {
      severity: 'critical',
      when: { reading: 'errors.ratio', atLeast: 1 },
      source: 'Handbook §5.1: error rate 100 %, all requests fail',
    },
    {
      severity: 'high',
      when: { reading: 'errors.ratio', above: 0.05 },
      source: 'Handbook §5.1: error rate above 5 %, significant failures',
    },
    {
      severity: 'medium',
      when: { reading: 'errors.ratio', atLeast: 0.005 },
      source: 'Handbook §5.1: error rate from 0.5 to 5 %, isolated failures',
    },
  ],
  likelyCause: 'Requests fail.',
  immediately: ['Find the error message in the logs.', 'Find a failed item, and look at its trace.'],
  questions: [
    {
      ask: 'Are the errors in the downstream service?',
      answers: [
        {
          answer: 'Yes',
          when: {
            any: [
              { reading: 'downstream.isHealthy', is: false },
              { reading: 'downstream.failureRatio', above: 0.01 },
              { reading: 'breaker.state', is: 'open' },
            ],
          },
          likelyCause: 'The downstream service fails.',
          nextSteps: [
            'Page the owner of the downstream service.',
            'While they investigate, the circuit breaker protects this line.',
          ],
        },
        {
          answer: 'No',
          when: {
            all: [
              { reading: 'downstream.isHealthy', is: true },
              { reading: 'downstream.failureRatio', atMost: 0.01 },
            ],
          },
          likelyCause: 'The error is in this system: the downstream service is well.',
          nextSteps: ['Find the root cause by the error message.'],
        },
      ],
    },
    {
      ask: 'Did the error rate spike at a specific time?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'errors.onset', is: 'sudden' },
          likelyCause: 'It began suddenly.',
          nextSteps: ['Find out what changed then.'],
          questions: /* @__PURE__ */ whatChanged('logs'),
        },
        {
          answer: 'No: gradually',
          when: { reading: 'errors.onset', is: 'gradual' },
          likelyCause: 'It grew gradually: perhaps a leak, or a resource that runs out.',
          nextSteps: ['Check memory, connections and disk over time.'],
        },
      ],
    },
    {
      ask: 'Are the errors retryable?',
      answers: [
        {
          answer: 'Yes, and the retries are exhausted',
          when: {
            all: [
              { reading: 'errors.retriedRatio', above: 0 },
              { reading: 'deadLetters.grown', above: 0 },
            ],
          },
          likelyCause: 'Retries have failed as well: dead letters grow.',
          nextSteps: ['Look at the errors of the dead letters.'],
        },
        {
          answer: 'Yes',
          when: { reading: 'errors.retriedRatio', above: 0 },
          likelyCause: 'Errors are retried, and some retries succeed.',
          nextSteps: ['Check whether retries are exhausted.'],
        },
        {
          answer: 'No',
          when: { reading: 'errors.retriedRatio', atMost: 0 },
          likelyCause: 'The error is permanent: it is not retried.',
          nextSteps: ['Log the error, understand it, and fix its root cause.'],
        },
      ],
    },
    {
      ask: 'Does the throughput hold?',
      answers: [
        {
          answer: 'No',
          when: { reading: 'throughput.growth', below: 0.8 },
          likelyCause: 'Failures prevent processing: throughput has dropped to {throughput.growth} of the usual.',
          source: 'Handbook §3.2: throughput and error rate',
        },
        {
          answer: 'Yes, with retries',
          when: {
            all: [
              { reading: 'throughput.growth', atLeast: 0.8 },
              { reading: 'errors.retriedRatio', above: 0 },
            ],
          },
          likelyCause: 'Some items are retried automatically: throughput does not drop.',
          source: 'Handbook §3.2: throughput and error rate',
        },
        {
          answer: 'Yes',
          when: { reading: 'throughput.growth', atLeast: 0.8 },
          likelyCause: 'Some items fail and others succeed: throughput is steady.',
          source: 'Handbook §3.2: throughput and error rate',
        },
      ],
    },
  ],
  afterwards: ['While it is being fixed, keep what fails as dead letters, so that nothing is lost.'],
  resolvedWhen: [
    'The error rate is below 0.1 %.',
    'The root cause is known and fixed.',
    'No new errors appear in the logs.',
    'Dead letters are gone, or no longer grow.',
  ],
}

export const DEAD_LETTERS_GROWING: DiagnosisTree = {
  id: 'dead-letters-growing',
  scenario: 'Dead letters are growing',
  source: 'Handbook §3.1, metric 6',
  severities: [{ severity: 'medium', when: { reading: 'deadLetters.grown', above: 0 } }],
  likelyCause: 'A systematic problem: items fail until they are given up.',
  questions: [
    {
      ask: 'Were they retried?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'errors.retriedRatio', above: 0 },
          likelyCause: 'Items fail again when they are retried: the retries are exhausted.',
          source: 'Handbook §4.3',
        },
        {
          answer: 'No',
          when: { reading: 'errors.retriedRatio', atMost: 0 },
          likelyCause: 'Items fail with errors that are not retried.',
          source: 'Handbook §4.3',
        },
      ],
    },
  ],
  afterwards: [
    'Look at the errors of the dead letters, and find out why they failed.',
    'Fix the root cause.',
    'Redrive the old dead letters, where that makes sense.',
  ],
  resolvedWhen: ['Dead letters no longer grow.'],
}
