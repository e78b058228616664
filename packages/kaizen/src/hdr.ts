export { hdrLogHeader, hdrLogLine } from './hdr-log.ts'
export type { Bucket, Mergeable } from './contents.ts'
export type { HistogramSource } from './histogram-source.ts'
export type { HdrLogLineOptions } from './hdr-log.ts'
