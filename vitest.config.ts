/** The tests of `npm test`: `unit`, and `e2e`, which runs the built command and package. */
import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { closingLine } from './scripts/closing-line.ts'

const built = ['test/cli/**/*.test.ts', 'test/package/**/*.test.ts']
const long = ['test/**/*.long.test.ts']

const config: ViteUserConfig = defineConfig({
  test: {
    reporters: ['default', closingLine()],
    maxWorkers: Math.max(2, availableParallelism() - 1),
    expect: { requireAssertions: true },
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // Tool modules come through the hooks of Node's own loader, so the import of them must be Node's too.
    server: { deps: { external: [/\/import-module\.ts$/u] } },
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [...built, ...long] },
      },
      {
        extends: true,
        test: { name: 'e2e', include: built, exclude: long, globalSetup: './scripts/ensure-built.ts' },
      },
    ],
  },
})

export default config
