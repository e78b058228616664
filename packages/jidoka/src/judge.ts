import { type ListenerErrorHandler, checkNumber, checkObject, printListenerError } from '@tps/internal'
import { type Classify, type Judgement, type Outcome, type Verdict, plainVerdict } from './outcome.ts'

/** What an outcome counts as. A classifier that throws or answers nonsense is reported, and passed over. */
export function judge(outcome: Outcome, classify: Classify | undefined, report: ListenerErrorHandler): Judgement {
  try {
    if (classify) return checkJudgement(classify(outcome))
  } catch (error) {
    try {
      report(error, 'classify')
    } catch (second) {
      printListenerError(second, 'classify')
    }
  }
  return { verdict: plainVerdict(outcome) }
}

/** Returns `judged` as a judgement when it is one. A classifier in plain JavaScript may return anything. */
function checkJudgement(judged: Verdict | Judgement): Judgement {
  const judgement = typeof judged === 'object' ? judged : { verdict: judged }
  const { verdict, retryAfterMs = 0 } = checkObject('judgement', judgement)
  if (verdict !== 'success' && verdict !== 'failure' && verdict !== 'ignore')
    throw new TypeError(`classify must return "success", "failure" or "ignore", got ${typeof verdict}`)
  checkNumber('retryAfterMs', retryAfterMs, { min: 0 })
  return judgement
}
