/** A stretch of a request's time. */
export interface StageSpan {
  readonly stage: string
  /** Of any clock, as long as it is the same for the whole request, in ms. */
  readonly startMs: number
  /** Not before `startMs`. */
  readonly endMs: number
  /** What happened within it. They are named by their path: "work/database". */
  readonly children?: readonly StageSpan[] | undefined
}

/** What one stage has of one record. */
export interface Part {
  /** What it took of the total; what it took together with others is divided evenly. */
  ms: number
  /** By how much the record would have been shorter without it: what it did not share with any other. */
  saves: number
}

/** Time of a request in which no stage was at work. */
export const UNTRACKED = 'untracked'

interface Node {
  readonly startMs: number
  readonly endMs: number
  readonly parent: Node | undefined
  /** Its stage and those that it is in, without duplicates. */
  readonly stages: readonly string[]
}

/** The first span whose times are none, or end before they start; `undefined` when all are right. */
export function invalidSpan(spans: readonly StageSpan[]): StageSpan | undefined {
  for (const span of spans) {
    const { startMs, endMs, children } = span
    if (!(Number.isFinite(startMs) && Number.isFinite(endMs) && startMs <= endMs)) return span
    const wrong = children && invalidSpan(children)
    if (wrong) return wrong
  }
  return undefined
}

/**
 * Gives each moment of a request to the stages at work in it, evenly, so that the parts add up to the time from the
 * first start to the last end. A stage within which another is at work is not at work itself. O(spans²) at worst.
 */
export function attribute(spans: readonly StageSpan[], nameOf: (path: string) => string): Map<string, Part> {
  const nodes = flatten(spans, nameOf)
  const parts = new Map<string, Part>()
  // A stage without any time of its own is still one.
  for (const { stages } of nodes) for (const stage of stages) partOf(parts, stage)
  const moments = [...new Set(nodes.flatMap(({ startMs, endMs }) => [startMs, endMs]))].toSorted((a, b) => a - b)
  for (const [index, from] of moments.entries()) {
    const ms = (moments[index + 1] ?? from) - from
    const active = nodes.filter(({ startMs, endMs }) => startMs <= from && endMs > from)
    const busy = new Set(active.map(({ parent }) => parent))
    for (let node of busy) while (node) busy.add((node = node.parent))
    const leaves = active.filter((node) => !busy.has(node))
    for (const { stages } of leaves) partOf(parts, stages[0] as string).ms += ms / leaves.length
    for (const stage of leaves[0]?.stages ?? [])
      if (leaves.every(({ stages }) => stages.includes(stage))) partOf(parts, stage).saves += ms
    if (leaves.length === 0 && ms > 0) partOf(parts, nameOf(UNTRACKED)).ms += ms
  }
  return parts
}

function flatten(spans: readonly StageSpan[], nameOf: (path: string) => string): Node[] {
  const nodes: Node[] = []
  const visit = (children: readonly StageSpan[], prefix: string, parent: Node | undefined): void => {
    for (const { stage, startMs, endMs, children: inner = [] } of children) {
      const path = prefix + stage
      const stages = [...new Set([nameOf(path), ...(parent?.stages ?? [])])]
      const node = { startMs, endMs, parent, stages }
      nodes.push(node)
      visit(inner, `${path}/`, node)
    }
  }
  visit(spans, '', undefined)
  return nodes
}

function partOf(parts: Map<string, Part>, stage: string): Part {
  const part = parts.get(stage) ?? { ms: 0, saves: 0 }
  parts.set(stage, part)
  return part
}
