import { expect, it } from 'vitest'
import { Fleet } from './fleet.ts'
import type { Report } from './report.ts'

const report = (id: string, rest: Partial<Report> = {}): Report => ({ id, role: 'worker-fast', pid: 1, ...rest })

it('knows the last report of each process, by role and id, until it is silent for too long', () => {
  let nowMs = 0
  const fleet = new Fleet(() => nowMs)
  fleet.hear(report('b', { role: 'worker-slow' }))
  fleet.hear(report('c'))
  nowMs = 3_000
  fleet.hear(report('a'))
  fleet.hear(report('c', { pid: 2 }))
  const seen = () => fleet.reports().map(({ report: { id, pid }, agoMs }) => [id, pid, agoMs])
  expect(seen()).toEqual([
    ['a', 1, 0],
    ['c', 2, 0],
    ['b', 1, 3_000],
  ])
  nowMs = 6_000
  expect(seen()).toEqual([
    ['a', 1, 3_000],
    ['c', 2, 3_000],
  ])
})

it('forgets at once a process that says that it leaves', () => {
  const fleet = new Fleet()
  fleet.hear(report('a'))
  fleet.hear(report('a', { isLeaving: true }))
  expect(fleet.reports()).toEqual([])
})
