import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { useApp } from '../../support/app.js';
import type { Person } from '../../support/builders.js';
import { storedFiles } from '../../support/multipart.js';
import { photo } from '../../support/pictures.js';

const run = promisify(execFile);
const page = readFileSync('docs/uploads.md', 'utf8');
const codeIn = (language: string) =>
  new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(page)?.[1] as string;

describe('docs/uploads.md', () => {
  const app = useApp('sqlite');
  let person: Person;
  let picture: string;

  beforeAll(async () => {
    person = await app.build.buyer();
    picture = join(app.files, 'me.jpg');
    await mkdir(app.files, { recursive: true });
    await writeFile(picture, await photo().jpeg().toBuffer());
  });

  it('has a client that uploads', async () => {
    const use = `
      import { openAsBlob } from 'node:fs';
      const [url, accessToken, path] = process.argv.slice(1);
      console.log(await uploadAvatar({ url, accessToken, file: await openAsBlob(path) }));`;
    const code = `${codeIn('js')}\n${use}`;
    const args = ['--input-type=module', '--eval', code, `${app.url}/graphql`, person.token, picture];
    const { stdout } = await run(process.execPath, args);
    expect(new URL(stdout.trim()).pathname).toMatch(/^\/media\/avatars\/[0-9a-f-]{36}\.webp$/);
    expect(await storedFiles(app)).toHaveLength(2);
  });

  it('names the parts that its command sends as the specification has them', () => {
    const [operations, map, file] = [...codeIn('sh').matchAll(/-F '(\w+)=(.*?)'(?: \\)?\n/g)].map(
      ([, name, value]) => ({ name, value: value as string }),
    );
    expect([operations?.name, map?.name, file]).toEqual([
      'operations',
      'map',
      { name: '0', value: '@me.jpg' },
    ]);
    const { query, variables } = JSON.parse(operations?.value ?? '') as { query: string; variables: object };
    expect([query.startsWith('mutation ('), variables]).toEqual([true, { input: { file: null } }]);
    expect(JSON.parse(map?.value ?? '')).toEqual({ 0: ['variables.input.file'] });
  });
});
