import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import sharp from 'sharp';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { keyOf } from '../../../src/kernel/files.js';
import { sweepDealerDocuments } from '../../../src/modules/dealers/documents/dealer-document.jobs.js';
import { MyDealerDocument, UploadDealerDocumentDocument } from '../../generated/operations.js';
import { databaseKinds, useApp } from '../../support/app.js';
import type { DealerPerson } from '../../support/builders.js';
import { DAY } from '../../support/clock.js';
import { fileOf, giveDocument, licence } from '../../support/documents.js';
import { storedBytes, storedFiles, underWay } from '../../support/multipart.js';
import { blackPng, phonePhoto, photo, withComment, zipEnd } from '../../support/pictures.js';
import { documentRows, reviewDocument, stored } from './stored.js';

const MB = 1024 * 1024;
const ELF = Buffer.concat([Buffer.from('\u007fELF\u0002\u0001\u0001', 'latin1'), Buffer.alloc(500)]);
const PE = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500), Buffer.from('PE\u0000\u0000')]);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';

/** A whole PDF of so many bytes. */
function pdfOf(bytes: number): Buffer {
  const end = licence.indexOf('xref\n0');
  const filling = Buffer.alloc(bytes - licence.length, '%');
  return Buffer.concat([licence.subarray(0, end), filling, licence.subarray(end)]);
}

describe.each(databaseKinds)('uploadDealerDocument on %s', (kind) => {
  const app = useApp(kind);
  let dealer: DealerPerson;

  beforeEach(async () => {
    await rm(join(app.files, 'uploads'), { recursive: true, force: true });
    dealer = await app.build.dealer({ verified: false });
  });

  const upload = (by: { token?: string } = dealer, file = fileOf(licence)) =>
    app.request(UploadDealerDocumentDocument, { input: { kind: 'INSURANCE', file } }, by);
  const rows = () => documentRows(app, dealer.dealerId);

  it('keeps a PDF as it is, under a key of ours and by the name that the dealer gave it', async () => {
    const { data } = await upload(dealer, fileOf(licence, 'My insurance.pdf'));
    expect(data?.uploadDealerDocument.document).toEqual({
      id: expect.any(String),
      kind: 'INSURANCE',
      filename: 'My insurance.pdf',
      contentType: 'application/pdf',
      sizeBytes: licence.length,
      status: 'PENDING',
      rejectionReason: null,
      downloadUrl: expect.stringContaining('/media/dealer_documents/'),
      createdAt: app.clock.now().toISOString(),
    });
    const [row] = await rows();
    expect(row).toMatchObject({ id: data?.uploadDealerDocument.document.id, reviewed_at: null });
    expect(row?.key).toMatch(/^dealer_documents\/[0-9a-f-]{36}\.pdf$/);
    expect(await storedFiles(app)).toEqual([row?.key]);
    expect((await storedBytes(app, String(row?.key))).equals(licence)).toBe(true);
    expect(await underWay(app)).toEqual([]);
  });

  it('leaves the verification as it stands, whatever that is', async () => {
    const verified = await app.build.dealer();
    for (const [person, status] of [
      [dealer, 'UNVERIFIED'],
      [verified, 'VERIFIED'],
    ] as const) {
      await giveDocument(app, person);
      expect((await app.ok(MyDealerDocument, {}, person)).myDealer?.verificationStatus).toBe(status);
    }
  });

  it('refuses guests, buyers, admins, and dealers before they register a business', async () => {
    const unregistered = await app.build.register({ userType: 'DEALER' });
    const codes = [];
    for (const person of [{}, await app.build.buyer(), await app.build.admin(), unregistered]) {
      const before = [await stored(app), await storedFiles(app)];
      codes.push(app.errorOf(await upload(person)).code);
      expect([await stored(app), await storedFiles(app)]).toEqual(before);
    }
    expect(codes).toEqual(['UNAUTHENTICATED', 'FORBIDDEN', 'FORBIDDEN', 'NOT_FOUND']);
  });

  it('lets one of two at once through where there is room for one', async () => {
    await fillUp(19);
    const answers = await Promise.all([upload(), upload()]);
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'ok').sort();
    expect(codes).toEqual(['CONFLICT', 'ok']);
    expect(await rows()).toHaveLength(20);
    expect(await storedFiles(app)).toHaveLength(20);
    expect(app.errorOf(await upload())).toMatchObject({
      code: 'CONFLICT',
      message: 'A dealership has 20 documents at most.',
    });
  });

  it('has the oldest rejected one make room, file and all', async () => {
    await fillUp(20);
    const [, second, third] = await rows();
    for (const row of [third, second]) await reviewDocument(app, String(row?.id), 'REJECTED', 'Blurred.');
    await giveDocument(app, dealer);
    const left = await rows();
    expect(left).toHaveLength(20);
    expect(left.map(({ id }) => id)).not.toContain(second?.id);
    expect(left.map(({ id }) => id)).toContain(third?.id);
    expect(await storedFiles(app)).toEqual(left.map(({ key }) => key).sort());
  });

  it('leaves no file where its row cannot be committed, and no row where its file cannot be stored', async () => {
    const { storage } = app.system;
    const full = vi.spyOn(storage, 'put').mockRejectedValueOnce(new Error('The disk is full'));
    expect(app.errorOf(await upload()).code).toBe('INTERNAL_SERVER_ERROR');
    full.mockRestore();
    const real = storage.put.bind(storage);
    // The dealership closes while its file is being stored.
    const closing = vi.spyOn(storage, 'put').mockImplementationOnce(async (...args) => {
      const result = await real(...args);
      await execute('update dealers set closed_at = 1 where id = ?');
      return result;
    });
    expect(app.errorOf(await upload()).code).toBe('NOT_FOUND');
    closing.mockRestore();
    expect([await rows(), await storedFiles(app), await underWay(app)]).toEqual([[], [], []]);
  });

  it('has what no row names swept after a day', async () => {
    await giveDocument(app, dealer);
    const kept = await storedFiles(app);
    const orphan = keyOf('dealer_documents', 'orphan', 'pdf');
    await app.system.storage.put(orphan, Readable.from([licence]), '');
    const ctx = app.system.makeCtx();
    const sweepIn = (ms: number) =>
      sweepDealerDocuments.run({ ...ctx, clock: { now: () => new Date(Date.now() + ms) } });
    expect(await sweepIn(DAY - 60_000)).toBe(0);
    expect(await sweepIn(DAY + 60_000)).toBe(1);
    expect(await storedFiles(app)).toEqual(kept);
  });

  const execute = (statement: string) =>
    app.orm.em.fork().getConnection().execute(statement, [dealer.dealerId]);

  /** So many documents: one by the API, the others as copies of it, each a moment later. */
  async function fillUp(count: number): Promise<void> {
    await giveDocument(app, dealer);
    const [row] = await rows();
    for (let index = 1; index < count; index++) {
      const id = `0190a0a0-0000-7000-8000-${dealer.dealerId.slice(-9)}${String(index).padStart(3, '0')}`;
      const key = keyOf('dealer_documents', id, 'pdf');
      await app.system.storage.put(key, Readable.from([licence]), '');
      await app.orm.em
        .fork()
        .getConnection()
        .execute(
          `insert into dealer_documents
            (id, created_at, updated_at, dealer_id, kind, filename, key, content_type, size_bytes, status)
            select ?, created_at + ?, updated_at, dealer_id, kind, filename, ?, content_type, size_bytes, status
            from dealer_documents where id = ?`,
          [id, index, key, String(row?.id)],
        );
    }
  }
});

describe('the files that uploadDealerDocument takes', () => {
  const app = useApp('sqlite', { config: { maxImagePixels: 1_000_000 } });
  let dealer: DealerPerson;
  let jpeg: Buffer;

  beforeAll(async () => {
    dealer = await app.build.dealer({ verified: false });
    jpeg = await photo(800, 600).jpeg().toBuffer();
  });

  const refusalOf = async (file: File) => {
    const before = [await stored(app), await storedFiles(app)];
    const input = { kind: 'OTHER', file } as const;
    const error = app.errorOf(await app.request(UploadDealerDocumentDocument, { input }, dealer));
    expect([await stored(app), await storedFiles(app)]).toEqual(before);
    expect(await underWay(app)).toEqual([]);
    return error;
  };

  it.each([
    ['a JPEG of a phone', () => phonePhoto(), 'image/jpeg'],
    [
      'a JPEG that grows clearer as it comes',
      () => photo().jpeg({ progressive: true }).toBuffer(),
      'image/jpeg',
    ],
    ['a PNG', () => photo().png().toBuffer(), 'image/png'],
    ['a scan of one bit a pixel', async () => blackPng(900, 900), 'image/png'],
  ])('are %s, to the last byte, whatever it calls itself', async (_name, make, contentType) => {
    const bytes = await make();
    const document = await giveDocument(app, dealer, fileOf(bytes, 'scan.exe', 'text/html'));
    expect(document).toMatchObject({ contentType, sizeBytes: bytes.length, filename: 'scan.exe' });
    const key = new URL(document.downloadUrl).pathname.slice('/media/'.length);
    expect((await storedBytes(app, key)).equals(bytes)).toBe(true);
  });

  it('keep what a camera wrote into them: they are evidence', async () => {
    const { downloadUrl } = await giveDocument(app, dealer, fileOf(await phonePhoto()));
    const bytes = Buffer.from(
      await (await fetch(app.url + downloadUrl.slice(downloadUrl.indexOf('/media/')))).arrayBuffer(),
    );
    expect((await sharp(await pathOf(bytes)).metadata()).exif?.includes('SecretCamera')).toBe(true);
  });

  it.each([
    ['nothing', async () => ''],
    ['a text', async () => 'I am licensed. Honestly.'],
    ['a program by the name of a PDF', async () => ELF],
    ['another one', async () => PE],
    ['a page by the name of a PDF', async () => '<!doctype html><script>alert(1)</script>'],
    ['a page with the mark of a PDF in it', async () => `<html>%PDF-1.7 ${licence.toString('latin1')}`],
    ['a PDF with a page in its head', async () => `%PDF-1.7\n<html >${licence.toString('latin1').slice(9)}`],
    ['a PDF that is a ZIP too', async () => Buffer.concat([licence, zipEnd()])],
    ['a PDF that is cut off', async () => licence.subarray(0, licence.length - 10)],
    ['an SVG', async () => SVG],
    ['a JPEG that is cut off', async () => jpeg.subarray(0, jpeg.length / 2)],
    ['a PNG that is cut off', async () => (await photo().png().toBuffer()).subarray(0, 5_000)],
    ['a PNG with half of its rows', async () => blackPng(800, 800, 400)],
    ['a JPEG that is a script too', async () => withComment(jpeg, '<?php system($_GET[0]);')],
    ['a JPEG that is a ZIP too', async () => Buffer.concat([jpeg, zipEnd()])],
    ['the beginning of a JPEG', async () => Buffer.from('ffd8ff', 'hex')],
    ['a WebP', async () => photo().webp().toBuffer()],
    ['a GIF', async () => Buffer.from('GIF89a\u0001\u0000\u0001\u0000\u0000\u0000\u0000;', 'latin1')],
  ])('are not %s', async (_name, make) => {
    const content = await make();
    for (const [name, type] of [
      ['licence.pdf', 'application/pdf'],
      ['licence.png', 'image/png'],
    ]) {
      expect((await refusalOf(fileOf(content, name, type))).code).toBe('UNSUPPORTED_MEDIA_TYPE');
    }
  });

  it('have no more pixels than a picture may have', async () => {
    expect((await refusalOf(fileOf(blackPng(20_000, 20_000, 1)))).code).toBe('PAYLOAD_TOO_LARGE');
  });

  it('have 10 MB at most, and not a byte more', async () => {
    expect(await giveDocument(app, dealer, fileOf(pdfOf(10 * MB)))).toMatchObject({ sizeBytes: 10 * MB });
    expect((await refusalOf(fileOf(pdfOf(10 * MB + 1)))).code).toBe('PAYLOAD_TOO_LARGE');
  });

  it.each([
    ['../../etc/licence.pdf', 'licence.pdf'],
    ['licence\u202efdp.exe', 'licencefdp.exe'],
    [`${'x'.repeat(250)}.pdf`, `${'x'.repeat(196)}.pdf`],
    ['..', 'document'],
  ])('by the name %j are shown as %j', async (told, shown) => {
    expect(await giveDocument(app, dealer, fileOf(licence, told))).toMatchObject({ filename: shown });
  });

  async function pathOf(bytes: Buffer): Promise<string> {
    const path = join(app.files, 'downloaded');
    await writeFile(path, bytes);
    return path;
  }
});

describe('who uploads documents without end', () => {
  const app = useApp('sqlite', { config: { maxUploadBytes: 4 * MB } });

  it('is told to wait after 60 in an hour', async () => {
    const dealer = await app.build.dealer({ verified: false });
    const input = { kind: 'OTHER', file: fileOf('no document') } as const;
    const codes: string[] = [];
    for (let tries = 0; tries < 61; tries++) {
      codes.push(app.errorOf(await app.request(UploadDealerDocumentDocument, { input }, dealer)).code);
    }
    expect(codes).toEqual([...Array(60).fill('UNSUPPORTED_MEDIA_TYPE'), 'RATE_LIMITED']);
  });
});
