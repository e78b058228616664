import { expect, it } from 'vitest'
import { judge } from './answer.ts'

it.each([
  ['accepts 202', judge(202, 'not looked at', false), { kind: 'accepted', reason: '' }],
  ['accepts a completed signal', judge(200, '{"status":"completed"}', true), { kind: 'accepted', reason: '' }],
  [
    'fails a waited for signal that failed',
    judge(200, '{"status":"failed"}', true),
    { kind: 'failed', reason: 'failed' },
  ],
  ['fails a result that it can not read', judge(200, 'oops', true), { kind: 'failed', reason: 'status 200' }],
  ['rejects 429', judge(429, '{"reason":"queue full"}', false), { kind: 'rejected', reason: 'queue full' }],
  ['rejects 503 without words', judge(503, '', true), { kind: 'rejected', reason: 'status 503' }],
  ['fails 500', judge(500, '{"reason":"never mind"}', false), { kind: 'failed', reason: 'status 500' }],
  ['fails 400', judge(400, 'null', false), { kind: 'failed', reason: 'status 400' }],
])('%s', (_name, answer, expected) => {
  expect(answer).toEqual(expected)
})
