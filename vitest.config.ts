import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

/** What drives a real browser, which npm cannot bring: `npm run test:browser`, a step of its own in CI. */
const BROWSER = 'tests/**/*.browser.test.ts';

/** What starts whole topologies of servers: `npm run test:cluster`, a step of its own too. */
const CLUSTER = 'tests/cluster/*.cluster.test.ts';

/**
 * Files that put something else in the place of a module, or of the process's timers, and so need a world of their own:
 * what an earlier file has left in a process would set its timers in theirs, and wait for ever.
 */
const MOCKING = [
  'tests/unit/accounts/passwords.test.ts',
  'tests/unit/app/sockets/timers.test.ts',
  'tests/unit/kernel/deadline.test.ts',
  'tests/unit/negotiations/typing.test.ts',
  'tests/unit/platform/in-process-jobs.test.ts',
  'tests/unit/platform/memory-rate-limits.test.ts',
  'tests/unit/platform/metrics-registry.test.ts',
];

/** What decides how a module is compiled, besides its own text. */
const compilers = ['package-lock.json', 'tsconfig.json', 'vitest.config.ts'];
const compiledBy = createHash('sha256');
for (const file of compilers) compiledBy.update(readFileSync(file));

const CACHE = resolve('node_modules/.cache/tests');
// What V8 makes of the packages, for the many processes that tests start.
process.env.NODE_COMPILE_CACHE ??= `${CACHE}/v8`;

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
    // More than there are cores: a test waits for its server, the server for its database, and some for time to pass.
    maxWorkers: availableParallelism() + 1,
    // The cache notices no change of how modules are compiled, hence a folder for each way.
    fsModuleCache: true,
    fsModuleCachePath: `${CACHE}/modules-${compiledBy.digest('hex').slice(0, 16)}`,
    // Most of what is made for a request is forgotten with it: with room enough it is never copied.
    execArgv: ['--max-semi-space-size=64'],
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
