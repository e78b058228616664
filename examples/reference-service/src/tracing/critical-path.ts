/** A span, as far as its time and its place matter. Any unit, any origin, the same for all. */
export interface TimedSpan {
  readonly id: string
  readonly startMs: number
  readonly endMs: number
  readonly children: readonly TimedSpan[]
}

/** A stretch of time that nothing else could have shortened, and the span that took it. */
export interface CriticalPart {
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
}

/**
 * The critical path of a trace, in the order of time: at each moment the innermost span that the end waited for. Found from
 * the end backwards: what ended last is what was waited for, and before it began, what had ended last by then. A child that
 * outlives its parent counts up to the parent's end. (As Jaeger does it.)
 */
export function criticalPath(root: TimedSpan): CriticalPart[] {
  const parts: CriticalPart[] = []
  walk(root, root.endMs, parts)
  return parts.toReversed()
}

function walk(span: TimedSpan, untilMs: number, parts: CriticalPart[]): void {
  let toMs = untilMs
  for (const child of lastFirst(span, untilMs)) {
    const endMs = Math.min(child.endMs, untilMs)
    // Something that ended later was waited for during all of this one's end.
    if (endMs > toMs || child.startMs >= toMs) continue
    add(parts, span.id, endMs, toMs)
    walk(child, endMs, parts)
    toMs = Math.max(child.startMs, span.startMs)
  }
  add(parts, span.id, span.startMs, toMs)
}

function lastFirst({ children, startMs }: TimedSpan, untilMs: number): TimedSpan[] {
  const end = ({ endMs }: TimedSpan): number => Math.min(endMs, untilMs)
  return children
    .filter((child) => end(child) > startMs && child.startMs < untilMs)
    .toSorted((a, b) => end(b) - end(a) || b.startMs - a.startMs)
}

function add(parts: CriticalPart[], id: string, fromMs: number, toMs: number): void {
  if (toMs > fromMs) parts.push({ id, fromMs, toMs })
}

/** How much of a span's time none of its children took. */
export function ownMs({ startMs, endMs, children }: TimedSpan): number {
  let ownMs = 0
  let coveredMs = startMs
  for (const child of children.toSorted((a, b) => a.startMs - b.startMs)) {
    const fromMs = Math.min(child.startMs, endMs)
    if (fromMs > coveredMs) ownMs += fromMs - coveredMs
    coveredMs = Math.max(coveredMs, Math.min(child.endMs, endMs))
  }
  return ownMs + Math.max(0, endMs - coveredMs)
}
