/** The value of a metric with one series. */
export function valueOf(text: string, metric: string): number {
  return Number(new RegExp(`^${metric}\\S* (\\S+)$`, 'm').exec(text)?.[1])
}
