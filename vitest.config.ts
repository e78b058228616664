import { defineConfig } from 'vitest/config'

// Tests read the packages' sources; test/packaging alone reads what was built.
const conditions = ['@tps/source', 'node', 'import', 'module', 'default']

// These measure time with real clocks: they run one file at a time, after all others, so that nothing else computes meanwhile.
const timed = ['test/integration/labs/{labs,lab-6}.test.ts', 'test/integration/{chaos/chaos,durable,tutorials}.test.ts']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Both of the cores that the time limit is meant for; vitest would leave one free.
          maxWorkers: 2,
          // They share nothing but the modules, and to load those anew for each file takes as long as the tests.
          isolate: false,
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
          // Many of them wait most of their time.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
