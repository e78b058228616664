import type { DiagnosisTree } from './diagnosis-tree.ts'

export const CIRCUIT_OPEN: DiagnosisTree = {
  id: 'circuit-open',
  scenario: 'The circuit breaker is open',
  source: 'Handbook §4.2',
  severities: [
    {
      severity: 'critical',
      when: { reading: 'breaker.openForMs', above: 300_000 },
      source: 'Handbook §5.1: circuit open for more than 5 minutes, the service is broken',
    },
    {
      severity: 'high',
      when: {
        any: [
          { reading: 'breaker.openForMs', above: 60_000 },
          { reading: 'breaker.state', is: 'forced-open' },
        ],
      },
    },
    { severity: 'medium', when: { reading: 'breaker.state', is: ['open', 'half-open'] } },
  ],
  likelyCause: 'The downstream service fails or is too slow.',
  immediately: ['Is the downstream service broken, or only slow? How many users are affected?'],
  questions: [
    {
      ask: 'Is the circuit trying to recover?',
      answers: [
        {
          answer: 'Yes: half-open',
          when: { reading: 'breaker.state', is: 'half-open' },
          likelyCause: 'The circuit is half-open: it tests whether the downstream service has recovered.',
          nextSteps: ['Let it test; do not interrupt.'],
        },
        {
          answer: 'No: held open by hand',
          when: { reading: 'breaker.state', is: 'forced-open' },
          likelyCause: 'Somebody holds the circuit open.',
          nextSteps: ['Ask who stopped the line, and why.', 'Let go once the reason is gone.'],
        },
        {
          answer: 'No: open for long',
          when: {
            all: [
              { reading: 'breaker.state', is: 'open' },
              { reading: 'breaker.openForMs', above: 300_000 },
            ],
          },
          likelyCause: 'The circuit is stuck open.',
          nextSteps: ['Reset it by hand, or restart, once the downstream service is confirmed to be well.'],
        },
      ],
    },
    {
      ask: 'Is the downstream service healthy?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'downstream.isHealthy', is: true },
          likelyCause: 'The circuit breaker is too aggressive: the downstream service is well.',
          nextSteps: ['Check the threshold of the circuit breaker; it may be too low.'],
        },
        {
          answer: 'No',
          when: { reading: 'downstream.isHealthy', is: false },
          likelyCause: 'The downstream service is broken.',
          nextSteps: ['Page the owner of the downstream service.', 'Check its logs, and its use of resources.'],
          questions: [
            {
              ask: 'How long has the circuit been open?',
              answers: [
                {
                  answer: 'Up to a minute: transient',
                  when: { reading: 'breaker.openForMs', atMost: 60_000 },
                  likelyCause: 'The downstream service fails, perhaps only for a moment.',
                  nextSteps: ['Wait for the circuit to half-open, usually from 30 to 60 seconds.'],
                },
                {
                  answer: 'Longer: persistent',
                  when: { reading: 'breaker.openForMs', above: 60_000 },
                  likelyCause: 'The downstream service fails persistently.',
                  nextSteps: [
                    'Investigate and fix the downstream service.',
                    'Tell the users that their requests are refused, and until when.',
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
    {
      ask: 'Is the error rate high?',
      answers: [
        {
          answer: 'Yes',
          when: { reading: 'errors.ratio', above: 0.01 },
          likelyCause: 'The circuit opened with the errors: it works as intended.',
          source: 'Handbook §3.2: circuit breaker and error rate',
        },
        {
          answer: 'No',
          when: { reading: 'errors.ratio', atMost: 0.01 },
          likelyCause: 'The circuit stays open while errors are few: the downstream service may be recovering.',
          nextSteps: ['Wait for the circuit to test it.'],
          source: 'Handbook §3.2: circuit breaker and error rate',
        },
      ],
    },
  ],
  afterwards: ['Do not force the circuit to close while the service is broken: that would only add load.'],
  resolvedWhen: [
    'The downstream service is healthy.',
    'The circuit has been half-open and is closed.',
    'Requests are processed normally.',
  ],
}

export const CIRCUIT_FLAPPING: DiagnosisTree = {
  id: 'circuit-flapping',
  scenario: 'The circuit breaker keeps opening and closing',
  source: 'Handbook §6.1',
  severities: [{ severity: 'medium', when: { reading: 'breaker.flaps', atLeast: 3 } }],
  likelyCause: 'The downstream service is unstable, or the threshold of the circuit breaker is too low.',
  questions: [
    {
      ask: 'Is the downstream service unstable?',
      answers: [
        {
          answer: 'Yes',
          when: {
            any: [
              { reading: 'downstream.isHealthy', is: false },
              { reading: 'downstream.failureRatio', atLeast: 0.5 },
            ],
          },
          likelyCause: 'The downstream service is unstable: the circuit breaker works as designed.',
          nextSteps: ['Work with its owner to fix it.'],
        },
        {
          answer: 'No',
          when: {
            all: [
              { reading: 'downstream.isHealthy', is: true },
              { reading: 'downstream.failureRatio', below: 0.5 },
            ],
          },
          likelyCause: 'The threshold of the circuit breaker is too low.',
          nextSteps: ['Raise the threshold: allow more errors before it opens.'],
        },
      ],
    },
  ],
  afterwards: [
    'Add a fallback or a cache, to depend less on the downstream service.',
    'Let the break grow with each opening (exponential backoff).',
  ],
  resolvedWhen: ['The circuit stays closed.'],
}
