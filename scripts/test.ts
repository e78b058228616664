import { runSteps } from './run.ts'

// The whole truth, cheapest first, so that a mistake shows early. What the packaging tests read is built before them.
await runSteps([
  { title: 'Lint and format', command: 'pnpm', args: ['run', 'lint'] },
  { title: 'Types', command: 'pnpm', args: ['run', 'typecheck'] },
  { title: 'Build', command: 'pnpm', args: ['run', 'build'] },
  { title: 'Unit, property, integration, packaging and document tests', command: 'vitest', args: ['run'] },
  { title: 'Published packages (publint, attw, knip, size, API)', command: 'pnpm', args: ['run', 'check'] },
  { title: 'API documents', command: 'pnpm', args: ['run', 'docs'] },
])
