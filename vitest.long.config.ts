/** The tests of `npm run test:long`: too slow for every `npm test`. */
import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { closingLine } from './scripts/closing-line.ts'

const config: ViteUserConfig = defineConfig({
  test: {
    name: 'long',
    include: ['test/**/*.long.test.ts'],
    passWithNoTests: true,
    reporters: ['default', closingLine()],
    globalSetup: './scripts/ensure-built.ts',
    maxWorkers: Math.max(2, availableParallelism() - 1),
    expect: { requireAssertions: true },
    testTimeout: 300_000,
    hookTimeout: 120_000,
    // As in vitest.config.ts.
    server: { deps: { external: [/\/import-module\.ts$/u] } },
  },
})

export default config
