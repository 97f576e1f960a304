// `npm run test:model`: 100,000 random lives of a client with a new seed, which is printed. MODEL_RUNS and MODEL_SEED
// set both; `npm test` plays 20,000 with a fixed seed.

import { spawnSync } from 'node:child_process'

const { MODEL_RUNS = '100000', MODEL_SEED = String(Date.now() % 2 ** 31) } = process.env
const { status } = spawnSync('npx', ['vitest', 'run', '--project=model'], {
  stdio: 'inherit',
  env: { ...process.env, MODEL_RUNS, MODEL_SEED },
})
process.exit(status ?? 1)
