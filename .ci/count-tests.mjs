// Prints `PASSED FAILED` from vitest's JSON report. Arguments: the report, vitest's exit status.
// Failed is also what nobody ran: a skipped or todo test (in CI), a file that could not be loaded, a run without
// a report, and a run that ended badly for a reason of no test's.
import { readFileSync } from 'node:fs';

const [file = '', status = '1'] = process.argv.slice(2);

function count() {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, why: ['the tests left no report'] };
  }
  const results = report.testResults.flatMap((suite) => suite.assertionResults);
  const passed = results.filter((test) => test.status === 'passed').length;
  const faults = results.filter((test) => test.status === 'failed').map((test) => `failed: ${test.fullName}`);
  for (const suite of report.testResults) {
    if (suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed')) {
      faults.push(`could not run: ${suite.name}`);
    }
  }
  if (process.env.CI === 'true') {
    for (const test of results) {
      if (test.status !== 'passed' && test.status !== 'failed')
        faults.push(`not run (${test.status}): ${test.fullName}`);
    }
  }
  if (passed === 0) faults.push('no test passed');
  if (status !== '0' && faults.length === 0) faults.push(`the run ended with status ${status}`);
  return { passed, failed: faults.length, why: faults };
}

const { passed, failed, why } = count();
for (const line of why) console.error(line);
console.log(`${passed} ${failed}`);
