import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Entities and resolvers carry legacy decorators, as tsconfig.json says; oxc must be told so too.
  oxc: { decorator: { legacy: true } },
  resolve: {
    // Libraries are loaded by Node, which takes graphql's CommonJS entry; Vite would give our own sources the ESM
    // one, and graphql refuses two instances of itself.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    setupFiles: ['tests/support/setup.ts'],
    // Processes rather than threads: argon2 and better-sqlite3 are native, and a crash then names its file.
    pool: 'forks',
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The cache does not notice a changed tsconfig.json.
    fsModuleCache: false,
    // A stray `.only` must not turn a run green.
    allowOnly: process.env.CI !== 'true',
  },
});
