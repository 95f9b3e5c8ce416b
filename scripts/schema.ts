// Writes schema.graphql from the resolvers; with --check, compares it instead.
import 'reflect-metadata';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { buildGraphQLSchema } from '../src/app/schema.js';

const FILE = new URL('../schema.graphql', import.meta.url);
const HEADER = `# Emitted from the resolvers by \`npm run schema\`. Do not edit.\n\n`;

// Sorted, so that a resolver that moves changes nothing here.
const emitted = `${HEADER}${printSchema(lexicographicSortSchema(await buildGraphQLSchema()))}\n`;

if (process.argv.includes('--check')) {
  const committed = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  if (committed !== emitted) {
    const lines = committed.split('\n');
    const at = emitted.split('\n').findIndex((line, index) => line !== lines[index]);
    console.error(
      `schema.graphql is not what the resolvers say, from line ${at + 1} on. Renew it: npm run schema`,
    );
    process.exitCode = 1;
  }
} else {
  writeFileSync(FILE, emitted);
}
