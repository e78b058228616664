import { defineConfig } from 'vitest/config'

// Tests read the packages' sources; test/packaging alone reads what was built.
const conditions = ['@tps/source', 'node', 'import', 'module', 'default']

// These measure time with real clocks: they run one file at a time, after all others, so that nothing else computes meanwhile.
const timed = [
  'test/integration/labs/{labs,lab-6}.test.ts',
  'test/integration/{board,chaos/chaos,durable,service-database,service-database-postgres,tutorials}.test.ts',
]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Both of the cores that the time limit is meant for; vitest would leave one free.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          testTimeout: 30_000,
          include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: timed,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'timed',
          include: timed,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
