import { defineConfig } from 'vitest/config'

// Tests read the packages' sources; test/packaging alone reads what was built.
const conditions = ['@tps/source', 'node', 'import', 'module', 'default']

// Not yet steady on a busy machine: they run with `pnpm test:trial` until they are.
const trial = [
  'test/integration/labs/lab-6.test.ts',
  'test/integration/labs/labs.test.ts',
  'test/integration/{durable,fuzz}.test.ts',
  'test/integration/platform-{crash,disk-full,many}.test.ts',
  'test/integration/service-database*.test.ts',
]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
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
          exclude: trial,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'trial', include: trial, testTimeout: 60_000, hookTimeout: 60_000 },
      },
    ],
  },
})
