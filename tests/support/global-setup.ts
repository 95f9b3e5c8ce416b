import type { TestProject } from 'vitest/node';
import { openTemplates, type Templates } from './databases.js';

declare module 'vitest' {
  export interface ProvidedContext {
    templates: Templates;
  }
}

/** Once per run, before the first test file: both databases, migrated, ready to be copied. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { templates, close } = await openTemplates();
  project.provide('templates', templates);
  return close;
}
