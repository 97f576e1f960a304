import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'core', environment: 'node', include: ['test/core/**/*.test.ts'] } },
      { test: { name: 'hooks', environment: 'jsdom', include: ['test/hooks/**/*.test.{ts,tsx}'] } },
      { test: { name: 'demo', environment: 'node', include: ['test/demo/**/*.test.ts'] } },
    ],
  },
})
