import { onePagePdf } from '../../src/seeders/one-page-pdf.js';
import { UploadDealerDocumentDocument } from '../generated/operations.js';
import type { TestApp } from './app.js';

export const licence = onePagePdf(['Dealer licence', 'No. L-1']);

/** A file as a client has it, by a name and a type that prove nothing. */
export function fileOf(content: Buffer | string, name = 'licence.pdf', type = 'application/pdf'): File {
  const bytes = typeof content === 'string' ? content : new Uint8Array(content);
  return new File([bytes], name, { type });
}

/** Gives in a document that must be taken, and returns what the API says of it. */
export async function giveDocument(app: TestApp, dealer: { token: string }, file = fileOf(licence)) {
  const input = { kind: 'DEALER_LICENSE', file } as const;
  const { uploadDealerDocument } = await app.ok(UploadDealerDocumentDocument, { input }, dealer);
  return uploadDealerDocument.document;
}
