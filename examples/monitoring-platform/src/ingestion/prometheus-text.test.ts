import { expect, it } from 'vitest'
import { PageError, readPage } from './prometheus-text.ts'

const read = (page: string, isOpenMetrics = false) =>
  [...readPage(page, isOpenMetrics)].map(({ name, tags, value, timestampMs }) => [name, tags, value, timestampMs])

it('reads the text format, with labels, times and every kind of number', () => {
  const page = String.raw`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400",} 3
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
brace{x="a}b", y=""} NaN
negative -Inf
`
  expect(read(page)).toEqual([
    ['http_requests_total', { method: 'post', code: '200' }, 1_027, 1_395_066_363_000],
    ['http_requests_total', { method: 'post', code: '400' }, 3, undefined],
    [
      'msdos_file_access_time_seconds',
      { path: String.raw`C:\DIR\FILE.TXT`, error: 'Cannot find file:\n"FILE.TXT"' },
      1.458255915e9,
      undefined,
    ],
    ['metric_without_timestamp_and_labels', {}, 12.47, undefined],
    ['something_weird', { problem: 'division by zero' }, Number.POSITIVE_INFINITY, -3_982_045],
    ['brace', { x: 'a}b' }, Number.NaN, undefined],
    ['negative', {}, Number.NEGATIVE_INFINITY, undefined],
  ])
})

it('reads OpenMetrics, where times are seconds, and leaves exemplars out', () => {
  const page = `# TYPE foo histogram
foo_bucket{le="0.1"} 8 1520879607.789 # {trace_id="abc{"} 0.043
foo_bucket{le="+Inf"} 17 # {} 9.8 1520879607.789
foo_count 17
# EOF
`
  expect(read(page, true)).toEqual([
    ['foo_bucket', { le: '0.1' }, 8, 1_520_879_607_789],
    ['foo_bucket', { le: '+Inf' }, 17, undefined],
    ['foo_count', {}, 17, undefined],
  ])
})

it.each([
  ['a 1\nb{c="d} 1', 2],
  ['a{b=c} 1', 1],
  ['\n\na x', 3],
  ['{a="b"} 1', 1],
  ['a{b="c" d="e"} 1', 1],
])('says which line of %j it can not read', (page, line) => {
  expect(() => read(page)).toThrow(expect.objectContaining({ name: PageError.name, line }) as Error)
})
