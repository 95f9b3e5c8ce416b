import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { currentDeadline, withDeadline } from '../../../src/kernel/deadline.js';
import { MS_PER_PICTURE } from '../../../src/kernel/pictures.js';
import { Upload } from '../../../src/kernel/upload.js';
import { extensionOf } from '../../../src/modules/dealers/documents/dealer-document.content.js';

it('a picture gives its operation time once, however often it is given in', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'document-'));
  try {
    const path = join(directory, 'scan');
    await writeFile(path, Buffer.from('ffd8ffe000104a464946', 'hex'));
    const file = new Upload(path, 10, 'scan.jpg');
    const images = { inspect: async () => ({ format: 'jpeg' as const }), render: async () => [] };
    await withDeadline(10_000, async () => {
      for (let time = 0; time < 3; time++) expect(await extensionOf({ images }, file)).toBe('jpg');
      const left = currentDeadline()?.msLeft ?? 0;
      expect(left).toBeGreaterThan(10_000);
      expect(left).toBeLessThanOrEqual(10_000 + MS_PER_PICTURE);
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
