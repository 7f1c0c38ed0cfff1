// vitest.config.ts: which tests belong to which suite. `npm test` runs `unit` and `e2e`; the longer ones have a script of their own.
import { enableCompileCache } from 'node:module'
import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { PATIENCE_MS } from './scripts/patience.ts'
import { COMPILED } from './sandbox/src/site/stand-ins/compiled.ts'

// What the processes of the tests, and those that they start, load of Node's packages has been compiled before, as with `npm start` (sandbox/src/main.ts).
process.env['NODE_COMPILE_CACHE'] ??= COMPILED
enableCompileCache(process.env['NODE_COMPILE_CACHE'])

export default defineConfig({
  test: {
    pool: 'forks',
    // No test is timed: these end what hangs, also on a machine that has much else to do.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MS, interval: 50 } },
    setupFiles: ['./scripts/patient-waits.ts'],
    globalSetup: ['./scripts/temporary-files.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', maxWorkers: Math.max(2, availableParallelism() - 1), sequence: { groupOrder: 0 }, include: ['{packages,components,infra,ops,sandbox,os-image,console,docs,scripts}/**/*.test.ts'], exclude: ['**/node_modules/**', '**/dist/**'] },
      },
      {
        extends: true,
        test: { name: 'e2e', include: ['e2e/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000, sequence: { groupOrder: 1 }, maxWorkers: 2 },
      },
    ],
  },
})
