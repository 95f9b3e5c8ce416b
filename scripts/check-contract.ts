// Compares schema.graphql with the contract: tells what is still missing, and fails on what should not be.
import { existsSync, readFileSync } from 'node:fs';
import { buildSchema } from 'graphql';
import { compareWithContract } from './contract.js';
import { notYet } from './contract-not-yet.js';

const root = new URL('..', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

// The contract lies beside the repository where several work on it; the copy inside makes a lone clone checkable.
const SHARED = '../shared/contract.graphql';
const COPY = 'tests/contract/contract.graphql';
const hasShared = existsSync(new URL(SHARED, root));

const faults: string[] = [];
if (hasShared && (!existsSync(new URL(COPY, root)) || read(SHARED) !== read(COPY))) {
  faults.push(`${COPY} is not the contract of today. Renew it: cp ${SHARED} ${COPY}`);
}

const contract = buildSchema(read(hasShared ? SHARED : COPY));
const result = compareWithContract(contract, buildSchema(read('schema.graphql')), notYet);
faults.push(
  ...result.contradictions,
  ...result.unlisted.map(
    (coordinate) => `${coordinate} is missing: offer it, or list it in contract-not-yet.ts`,
  ),
  ...result.done.map((coordinate) => `${coordinate} is there: take it off the list in contract-not-yet.ts`),
  ...result.unknown.map((coordinate) => `${coordinate} is on the list, but not in the contract`),
);

console.log(`Not yet offered, of the contract: ${result.missing.length}`);
for (const [parent, members] of groupByParent(result.missing)) {
  console.log(`  ${parent}${members.length > 0 ? `: ${members.join(', ')}` : ''}`);
}
if (faults.length > 0) {
  console.error(`\nAgainst the contract: ${faults.length}`);
  for (const fault of faults) console.error(`  ${fault}`);
  process.exitCode = 1;
}

/** `Type.member` under its type; a type that is missing whole stands alone. */
function groupByParent(coordinates: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const coordinate of coordinates) {
    const [parent = '', ...member] = coordinate.split('.');
    groups.set(parent, [...(groups.get(parent) ?? []), ...(member.length > 0 ? [member.join('.')] : [])]);
  }
  return groups;
}
