import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { consoleVitePlugin } from './scripts/console.mjs'

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url))

export default defineConfig({
  plugins: [consoleVitePlugin()],
  resolve: {
    // as `paths` of tsconfig.json: examples import the package by its name, tests run them without a build
    alias: [
      { find: /^fetch-studio$/, replacement: source('index.ts') },
      { find: /^fetch-studio\/node$/, replacement: source('adapters/node.ts') },
      { find: /^fetch-studio\/host\/ai-sdk$/, replacement: source('host/ai-sdk/index.ts') },
      {
        find: /^fetch-studio\/testing\/contracts$/,
        replacement: source('testing/contracts/index.ts'),
      },
      {
        find: /^fetch-studio\/(blobs|client|console|pg-boss|postgres|protocols|react|telemetry|testing|webhooks|zod)$/,
        replacement: source('$1.ts'),
      },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/support/postgres-server.ts', './test/support/pack-folder.ts'],
    setupFiles: ['./test/support/checked-answers.ts'],
    reporters: ['default', './test/support/count-reporter.ts'],
    testTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } }, // a busy machine, or the waits of a pool between two connections
    hookTimeout: 120_000,
    maxWorkers: 3, // two cores, and most tests wait for PostgreSQL, a browser or a command
  },
})
