/** A multipart request of the GraphQL specification for an operation that has files among its variables; else null. */
export function formOf(operation: { query: string; variables?: object | undefined }): FormData | null {
  const files = new Map<string, Blob>();
  const variables = withoutFiles(operation.variables, ['variables'], files);
  if (files.size === 0) return null;
  const form = new FormData();
  form.set('operations', JSON.stringify({ ...operation, variables }));
  form.set(
    'map',
    JSON.stringify(Object.fromEntries([...files.keys()].map((path, index) => [index, [path]]))),
  );
  for (const [index, file] of [...files.values()].entries()) {
    form.set(String(index), file, file instanceof File ? file.name : 'file');
  }
  return form;
}

function withoutFiles(value: unknown, path: readonly (string | number)[], files: Map<string, Blob>): unknown {
  if (value instanceof Blob) {
    files.set(path.join('.'), value);
    return null;
  }
  if (Array.isArray(value)) return value.map((item, index) => withoutFiles(item, [...path, index], files));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, item]) => [key, withoutFiles(item, [...path, key], files)]));
}
