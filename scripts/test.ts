import { runSteps } from './run.ts'

// The whole truth, cheapest first, so that a mistake shows early. What the packaging tests read is built before them.
await runSteps([
  { title: 'Lint and format', command: 'node', args: ['--run', 'lint'] },
  [
    { title: 'Types', command: 'node', args: ['--run', 'typecheck'] },
    { title: 'Build', command: 'node', args: ['scripts/build.ts'] },
  ],
  {
    title: 'Unit, property, integration, packaging and document tests',
    command: 'vitest',
    args: ['run', '--project', 'unit', '--project', 'whole', '--project', 'timed'],
  },
  [
    {
      title: 'Published packages (publint, attw, knip, size, API)',
      command: 'node',
      args: ['scripts/check.ts'],
    },
    { title: 'API documents', command: 'typedoc', args: [] },
  ],
])
