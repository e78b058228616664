export { metricProducer } from './otel-producer.ts'
export type { Bucket, Mergeable } from './contents.ts'
export type { HistogramSource } from './histogram-source.ts'
export type {
  ExponentialHistogramPoint,
  ExponentialHistogramValue,
  MetricProducerOptions,
  OtelBuckets,
  OtelCollection,
  OtelMetric,
  OtelMetricProducer,
  OtelResource,
  OtelSeries,
} from './otel-producer.ts'
