import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** What drives a real browser, which npm cannot bring: `npm run test:browser`, a step of its own in CI. */
const BROWSER = 'tests/**/*.browser.test.ts';

/** What starts whole topologies of servers: `npm run test:cluster`, a step of its own too. */
const CLUSTER = 'tests/cluster/*.cluster.test.ts';

/** Files that put something else in a module's place, and so need a world of their own. */
const MOCKING = ['tests/unit/accounts/passwords.test.ts'];

const shared = {
  setupFiles: ['tests/support/setup.ts'],
  testTimeout: 20_000,
  hookTimeout: 30_000,
};

const clusterTests = {
  extends: true as const,
  test: {
    name: 'cluster',
    include: [CLUSTER],
    ...shared,
    // Each file starts many processes: one after the other, so that what is measured in time can be.
    fileParallelism: false,
    globalSetup: ['tests/support/built-server.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
};

export default defineConfig({
  // Entities and resolvers carry legacy decorators, as tsconfig.json says; oxc must be told so too.
  oxc: { decorator: { legacy: true } },
  resolve: {
    // Libraries are loaded by Node, which takes graphql's CommonJS entry; Vite would give our own sources the ESM
    // one, and graphql refuses two instances of itself.
    alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }],
  },
  test: {
    globalSetup: ['tests/support/global-setup.ts'],
    // Processes rather than threads: argon2 and better-sqlite3 are native, and a crash then names its file.
    pool: 'forks',
    // One more than there are cores: a test waits for its server, and the server for its database.
    maxWorkers: availableParallelism() + 1,
    // The cache does not notice a changed tsconfig.json.
    fsModuleCache: false,
    // A stray `.only` must not turn a run green.
    allowOnly: process.env.CI !== 'true',
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['tests/**/*.test.ts'],
          exclude: [...MOCKING, BROWSER, CLUSTER],
          ...shared,
          // They mock nothing and bring their own databases: loading the system once for each worker is enough.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'mocking', include: MOCKING, ...shared } },
      ...(process.env.BROWSER_TESTS
        ? [{ extends: true as const, test: { name: 'browser', include: [BROWSER], ...shared } }]
        : []),
      ...(process.env.CLUSTER_TESTS ? [clusterTests] : []),
    ],
  },
});
