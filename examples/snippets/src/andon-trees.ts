// A tree of one's own beside those of the handbook.
// #region readme
import { type DiagnosisTree, HANDBOOK_TREES, describeCondition, diagnose, extendTrees } from '@tps/andon'

const diskFilling: DiagnosisTree = {
  id: 'disk-filling',
  scenario: 'The disk fills up',
  source: 'Our runbook, page 12',
  severities: [
    { severity: 'critical', when: { reading: 'host.diskRatio', atLeast: 0.95 } },
    { severity: 'medium', when: { reading: 'host.diskRatio', atLeast: 0.8 } },
  ],
  likelyCause: 'Something writes more than is deleted.',
  questions: [
    {
      ask: 'Do the dead letters grow?',
      answers: [
        {
          answer: 'Yes',
          when: {
            all: [{ reading: 'deadLetters.size', above: 1_000 }, { not: { reading: 'shop.isClosed', is: true } }],
          },
          likelyCause: '{deadLetters.size} dead letters are kept on this disk.',
          nextSteps: ['Redrive or delete the dead letters.'],
        },
      ],
    },
  ],
  resolvedWhen: ['The disk is less than 80 % full.'],
}

const trees = extendTrees(HANDBOOK_TREES, [diskFilling]) // a tree with the id of another takes its place
const line = { host: { diskRatio: 0.9 }, deadLetters: { size: 5_000 } }
const { findings, unknown } = diagnose(line, { trees, readings: { 'shop.isClosed': false } })
console.log(findings[0]?.likelyCause) // 5000 dead letters are kept on this disk.
console.log(unknown.length > 0) // true: what the other trees would need to know

for (const { scenario, severities } of trees)
  for (const { severity, when } of severities) console.log(`${scenario}: ${severity} when ${describeCondition(when)}`)
// #endregion

if (findings[0]?.likelyCause !== '5000 dead letters are kept on this disk.') throw new Error('not as described')
