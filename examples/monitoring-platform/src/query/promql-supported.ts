/** What a parameter has to be. */
export type Parameter = 'range' | 'value'

/** The functions that are supported, with their parameters. */
export const CALLS = {
  rate: ['range'],
  increase: ['range'],
  irate: ['range'],
  delta: ['range'],
  avg_over_time: ['range'],
  min_over_time: ['range'],
  max_over_time: ['range'],
  sum_over_time: ['range'],
  count_over_time: ['range'],
  last_over_time: ['range'],
  quantile_over_time: ['value', 'range'],
  histogram_quantile: ['value', 'value'],
  abs: ['value'],
  clamp_min: ['value', 'value'],
  clamp_max: ['value', 'value'],
} as const satisfies Readonly<Record<string, readonly Parameter[]>>

/** The aggregations that are supported, with how many parameters they have. */
export const AGGREGATIONS = { sum: 1, avg: 1, min: 1, max: 1, count: 1, quantile: 2, topk: 2, bottomk: 2 } as const
