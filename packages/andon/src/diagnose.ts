import { checkFunction, checkObject } from '@tps/internal'
import { type Condition, type Evidence, type Outcome, type Readings, evaluate } from './diagnosis-condition.ts'
import type { ReadingsOptions } from './diagnosis-reading.ts'
import { readingsOf } from './diagnosis-readings.ts'
import type { LineSnapshots } from './diagnosis-snapshots.ts'
import {
  type Answer,
  type DiagnosisTree,
  type FindingSeverity,
  type Question,
  SEVERITIES,
  checkTrees,
} from './diagnosis-tree.ts'
import { INCIDENT_LEVELS, type IncidentLevel } from './trees-incident.ts'
import { HANDBOOK_TREES } from './trees.ts'

/** How `diagnose` judges. */
export interface DiagnoseOptions extends ReadingsOptions {
  /** Default: `HANDBOOK_TREES`. */
  readonly trees?: readonly DiagnosisTree[] | undefined
  /** Receives what the `check` of a condition threw; that condition is unknown. Default: only counted, in `errors`. */
  readonly onError?: ((error: unknown, says: string) => void) | undefined
}

/** Something that is wrong, and what to do: plain JSON. */
export interface Finding {
  /** The `id` of the tree that it comes from. */
  readonly tree: string
  readonly severity: FindingSeverity
  readonly scenario: string
  readonly likelyCause: string
  /** What may be behind it as well, by the other questions. */
  readonly alsoLikely: readonly string[]
  /** The readings that led here. */
  readonly evidence: readonly Evidence[]
  /** What to do, in order. */
  readonly nextSteps: readonly string[]
  /** When it counts as over. */
  readonly resolvedWhen: readonly string[]
  /** Where it is written. */
  readonly source: string
  /** Readings that are missing and would tell more of the cause. */
  readonly unknown: readonly string[]
}

/** Whether this is an incident: plain JSON. */
export interface Incident extends Omit<IncidentLevel, 'when'> {
  readonly evidence: readonly Evidence[]
}

/** What `diagnose` found: plain JSON. */
export interface Diagnosis {
  /** The worst of the findings; `null` when there are none. See `unknown` before you take that for good health. */
  readonly severity: FindingSeverity | null
  /** Worst first, then in the order of the trees. */
  readonly findings: readonly Finding[]
  /** `null` when nothing points to an incident. */
  readonly incident: Incident | null
  /** Readings that were asked for and are missing, and the trees that could not decide for want of them. */
  readonly unknown: readonly { readonly reading: string; readonly trees: readonly string[] }[]
  /** Conditions whose `check` threw. */
  readonly errors: readonly { readonly says: string; readonly message: string }[]
  /** Everything that was read. */
  readonly readings: Readings
}

/**
 * Says what is wrong with a line, how bad it is, what is probably behind it and what to do, by the decision trees of the
 * handbook. A missing reading never leads to a finding. Pure: reads what it is given, keeps nothing, and throws for
 * malformed options alone.
 * @throws {TypeError | RangeError} when a tree is malformed, with the place.
 */
export function diagnose(line: LineSnapshots, options: DiagnoseOptions = {}): Diagnosis {
  checkObject('line', line)
  checkObject('options', options)
  const { trees = HANDBOOK_TREES, onError } = options
  if (onError !== undefined) checkFunction('onError', onError)
  return new Judgement(readingsOf(line, options), onError).judge(checkTrees('trees', trees))
}

/** What the questions of a tree came to. */
interface Findings {
  readonly causes: string[]
  readonly steps: string[]
  readonly evidence: Evidence[]
  readonly unknown: string[]
  readonly sources: string[]
}

/** One run over the trees. */
class Judgement {
  readonly #readings: Readings
  readonly #onError: DiagnoseOptions['onError']
  readonly #errors: { says: string; message: string }[] = []

  constructor(readings: Readings, onError: DiagnoseOptions['onError']) {
    this.#readings = readings
    this.#onError = onError
  }

  judge(trees: readonly DiagnosisTree[]): Diagnosis {
    const findings: Finding[] = []
    const unknown = new Map<string, Set<string>>()
    for (const tree of trees) {
      const { finding, missing } = this.#judgeTree(tree)
      if (finding) findings.push(finding)
      for (const reading of missing) unknown.set(reading, (unknown.get(reading) ?? new Set()).add(tree.id))
    }
    findings.sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity))
    return {
      severity: findings[0]?.severity ?? null,
      findings,
      incident: this.#incident(),
      unknown: Array.from(unknown, ([reading, ids]) => ({ reading, trees: [...ids] })),
      errors: this.#errors,
      readings: this.#readings,
    }
  }

  #judgeTree(tree: DiagnosisTree): { finding: Finding | undefined; missing: readonly string[] } {
    const missing: string[] = []
    for (const { severity, when, source } of tree.severities) {
      const outcome = this.#evaluate(when)
      missing.push(...outcome.unknown)
      if (outcome.holds !== true) continue
      const found: Findings = { causes: [], steps: [], evidence: [...outcome.evidence], unknown: [], sources: [] }
      found.sources.push(tree.source, ...(source === undefined ? [] : [source]))
      this.#ask(tree.questions, found)
      const finding = this.#finding(tree, severity, found)
      return { finding, missing: [...missing, ...finding.unknown] }
    }
    return { finding: undefined, missing }
  }

  #finding(tree: DiagnosisTree, severity: FindingSeverity, found: Findings): Finding {
    const [likelyCause = this.#fill(tree.likelyCause), ...alsoLikely] = unique(found.causes)
    const steps = [...(tree.immediately ?? []), ...found.steps, ...(tree.afterwards ?? [])]
    return {
      tree: tree.id,
      severity,
      scenario: tree.scenario,
      likelyCause,
      alsoLikely,
      evidence: uniqueEvidence(found.evidence),
      nextSteps: unique(steps.map((step) => this.#fill(step))),
      resolvedWhen: tree.resolvedWhen,
      source: unique(found.sources).join('; '),
      unknown: unique(found.unknown),
    }
  }

  #ask(questions: readonly Question[], found: Findings): void {
    for (const { answers } of questions) {
      const answer = this.#answer(answers, found)
      if (!answer) continue
      if (answer.source !== undefined) found.sources.push(answer.source)
      found.steps.push(...(answer.nextSteps ?? []))
      const before = found.causes.length
      this.#ask(answer.questions ?? [], found)
      // What the next questions told stands for what this one did.
      if (found.causes.length === before) found.causes.push(this.#fill(answer.likelyCause))
    }
  }

  /** The first answer that holds. What would have told more is noted. */
  #answer(answers: readonly Answer[], found: Findings): Answer | undefined {
    for (const answer of answers) {
      const outcome = this.#evaluate(answer.when)
      found.unknown.push(...outcome.unknown)
      if (outcome.holds !== true) continue
      found.evidence.push(...outcome.evidence)
      return answer
    }
    return undefined
  }

  #incident(): Incident | null {
    for (const { when, ...level } of INCIDENT_LEVELS) {
      const outcome = this.#evaluate(when)
      if (outcome.holds === true) return { ...level, evidence: uniqueEvidence(outcome.evidence) }
    }
    return null
  }

  #evaluate(condition: Condition): Outcome {
    return evaluate(condition, this.#readings, (error, says) => {
      this.#errors.push({ says, message: messageOf(error) })
      try {
        this.#onError?.(error, says)
      } catch {
        // Whoever is told of an error can't change a verdict.
      }
    })
  }

  /** Puts values where a text names readings. */
  #fill(text: string): string {
    return text.replaceAll(/\{([\w.]+)\}/g, (_whole, reading: string) => {
      const value = Object.hasOwn(this.#readings, reading) ? this.#readings[reading] : undefined
      return typeof value === 'number' ? String(Math.round(value * 100) / 100) : String(value ?? 'unknown')
    })
  }
}

function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'an error that can’t be shown'
  }
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)]
}

/** The same comparison of the same reading once, in the order of first use. */
function uniqueEvidence(evidence: readonly Evidence[]): Evidence[] {
  const byText = new Map<string, Evidence>()
  for (const one of evidence) {
    const text = JSON.stringify([one.reading, one.comparison, one.threshold])
    if (!byText.has(text)) byText.set(text, one)
  }
  return [...byText.values()]
}
