import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { RateSampler } from './rate-sampler.ts'
import type { TracingConfig } from '../config/tracing.ts'

/** The sampler that `OTEL_TRACES_SAMPLER` names; without it, every trace up to `TRACES_PER_SECOND`, by `rate`. */
export function samplerOf(
  { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio, TRACES_PER_SECOND: perSecond }: TracingConfig,
  rate: RateSampler = new RateSampler(perSecond),
): Sampler {
  if (name === undefined) {
    const root = rate
    // A caller who asks for a trace gets one, but can't ask for more of them than there would be otherwise.
    return new ParentBasedSampler({ root, remoteParentSampled: root })
  }
  const [, isParentBased, kind] = /^(parentbased_)?(.*)$/.exec(name) ?? []
  const root =
    kind === 'always_on'
      ? new AlwaysOnSampler()
      : kind === 'always_off'
        ? new AlwaysOffSampler()
        : new TraceIdRatioBasedSampler(ratio)
  return isParentBased === undefined ? root : new ParentBasedSampler({ root })
}
