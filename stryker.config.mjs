/**
 * `npm run test:mutation`: breaks the engine in every small way Stryker knows, and counts the breaks no test notices.
 * docs/MUTATION.md explains those that remain. Only the rule tests run here (and those of the protocol adapter, which
 * name rules as well): the walk and the model would notice more, but a rule should be kept by a test that names it.
 */

const policies = ['backoff', 'circuit-breaker', 'ping-pong', 'close-policy', 'payload']
const mutate = ['src/machine/*.ts', 'src/runtime/{message-queue,sender}.ts']

export default {
  mutate: [...mutate, ...policies.map((name) => `src/policy/${name}.ts`)],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  // Stryker would rewrite the paths in tsconfig.json with a compiler API that TypeScript 7 does not have.
  tsconfigFile: 'none',
  coverageAnalysis: 'perTest',
  concurrency: Number(process.env.MUTATION_CONCURRENCY || 2),
  timeoutMS: 10_000,
  ignorePatterns: ['demo', 'dist', 'hooks', 'screenshots', '.demo'],
  tempDirName: '.stryker',
  incremental: true,
  incrementalFile: 'node_modules/.cache/stryker-incremental.json',
  reporters: ['clear-text', 'progress-append-only', 'json'],
  jsonReporter: { fileName: 'node_modules/.cache/mutation.json' },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  // Below 99 % the run fails.
  thresholds: { high: 100, low: 99, break: 99 },
}
