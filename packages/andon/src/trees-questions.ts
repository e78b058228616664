import type { Question } from './diagnosis-tree.ts'

// Questions that several trees ask.

// Each resource is asked for itself, as more than one may be used up. Constants and not a list, because bundlers can't
// leave out what spreads one.

export const CPU_USED_UP: Question = {
  ask: 'Is the CPU used up?',
  answers: [
    {
      answer: 'Yes',
      when: { reading: 'host.cpuRatio', atLeast: 0.9 },
      likelyCause: 'The work is bound by the CPU.',
      nextSteps: ['Optimise the code that runs most, or add CPU.'],
      source: 'Handbook §3.2',
    },
  ],
}

export const MEMORY_USED_UP: Question = {
  ask: 'Is the memory used up?',
  answers: [
    {
      answer: 'Yes',
      when: { reading: 'host.memoryRatio', atLeast: 0.9 },
      likelyCause: 'The work is bound by memory: a leak, or too much garbage collection.',
      nextSteps: ['Find what holds the memory; use less of it, or reduce the load.'],
      source: 'Handbook §3.2',
    },
  ],
}

export const DISK_USED_UP: Question = {
  ask: 'Is the disk used up?',
  answers: [
    {
      answer: 'Yes',
      when: { reading: 'host.diskRatio', atLeast: 0.9 },
      likelyCause: 'The disk is slow or full.',
      nextSteps: ['Clean up old data, or add storage or faster storage.'],
    },
  ],
}

export const NETWORK_USED_UP: Question = {
  ask: 'Is the network used up?',
  answers: [
    {
      answer: 'Yes',
      when: { reading: 'host.networkRatio', atLeast: 0.9 },
      likelyCause: 'The network is congested.',
      nextSteps: ['Find what sends so much, or add bandwidth.'],
    },
  ],
}

/** Neither CPU nor memory: then the work waits for something. */
export const WAITS_FOR_IO: Question = {
  ask: 'Are CPU and memory both low?',
  answers: [
    {
      answer: 'Yes',
      when: {
        all: [
          { reading: 'host.cpuRatio', below: 0.9 },
          { reading: 'host.memoryRatio', below: 0.9 },
        ],
      },
      likelyCause: 'The work is bound by I/O: it waits for the disk, the network or another service.',
      nextSteps: ['Look at a slow trace: which call does it wait for?'],
      source: 'Handbook §3.2',
    },
  ],
}

/** What changed at the moment it began. `look` is where to look when nothing obvious did. */
export function whatChanged(look: 'logs' | 'traces'): readonly Question[] {
  return [
    {
      ask: 'What changed then?',
      answers: [
        {
          answer: 'A new deployment',
          when: { reading: 'changes.deployedLately', is: true },
          likelyCause: 'It began suddenly, and something was deployed lately: the new version is the likely cause.',
          nextSteps: ['Revert the deployment.'],
        },
        {
          answer: 'More traffic',
          when: { reading: 'load.growth', atLeast: 1.5 },
          likelyCause: 'It began suddenly, with {load.growth} times the usual load.',
          nextSteps: ['Scale the workers.'],
        },
        {
          answer: 'Something outside',
          when: { reading: 'changes.externalLately', is: true },
          likelyCause: 'It began suddenly, and something that this line depends on was changed lately.',
          nextSteps: ['Mitigate: route around what was changed, or have it taken back.'],
        },
        {
          answer: 'Nothing obvious',
          when: {
            all: [
              { reading: 'changes.deployedLately', is: false },
              { reading: 'load.growth', below: 1.5 },
              { reading: 'changes.externalLately', is: false },
            ],
          },
          likelyCause: 'It began suddenly, without a deployment, more traffic or a change outside.',
          nextSteps: [`Look at the ${look} of the moment when it began.`],
        },
      ],
    },
  ]
}
