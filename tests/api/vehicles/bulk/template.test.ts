import { describe, expect, it } from 'vitest';
import { useApp } from '../../../support/app.js';
import type { Person } from '../../../support/builders.js';
import { bring } from './files.js';

const PATHS = ['/api/v1/vehicles/bulk-upload/template/', '/api/v1/vehicles/bulk-upload/template'];

describe('the template', () => {
  const app = useApp('sqlite');
  const get = (path: string, person?: Person) =>
    fetch(`${app.url}${path}`, { headers: person ? { authorization: `Bearer ${person.token}` } : {} });

  it.each(PATHS)('is a download for dealers at %s, the same as the query answers', async (path) => {
    const dealer = await app.build.register({ userType: 'DEALER' });
    const { bulkUploadTemplate } = await app.ok<{ bulkUploadTemplate: string }, object>(
      '{ bulkUploadTemplate }',
      {},
      dealer,
    );
    const response = await get(path, dealer);
    expect([response.status, await response.text()]).toEqual([200, bulkUploadTemplate]);
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="vehicles.csv"');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('is for dealers alone, and says so in the form of the shim', async () => {
    const path = PATHS[0] as string;
    const guest = await get(path);
    expect([guest.status, await guest.json()]).toEqual([
      401,
      { detail: 'Authentication credentials were not provided.', status_code: 401 },
    ]);
    for (const person of [await app.build.buyer(), await app.build.admin()]) {
      const response = await get(path, person);
      expect([response.status, await response.json()]).toEqual([
        403,
        { detail: 'You do not have permission to perform this action.', status_code: 403 },
      ]);
    }
  });

  it('is a file that is taken as it is', async () => {
    const dealer = await app.build.dealer();
    const text = await (await get(PATHS[0] as string, dealer)).text();
    expect(await bring(app, dealer, text, { publish: true })).toMatchObject({
      totalRows: 1,
      created: 1,
      errors: [],
      bulkUpload: { ignoredColumns: [] },
    });
  });
});
