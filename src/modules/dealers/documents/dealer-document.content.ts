import { open } from 'node:fs/promises';
import type { Ctx } from '../../../kernel/context.js';
import { AppError } from '../../../kernel/errors.js';
import { readAt } from '../../../kernel/file-traps.js';
import type { Extension } from '../../../kernel/files.js';
import { giveTimeFor } from '../../../kernel/pictures.js';
import type { Upload } from '../../../kernel/upload.js';
import { beginsAsPdf, isWholePdf } from './dealer-document.pdf.js';

export type DocumentExtension = Extract<Extension, 'pdf' | 'jpg' | 'png'>;

const JPEG = Buffer.from('ffd8ff', 'hex');
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
const PICTURES = { jpeg: 'jpg', png: 'png' } as const;

/**
 * What a file is by its content: all of it is there, a picture decodes, and no other program would take it for its own.
 * The file itself is evidence, and is kept as it is.
 * @throws AppError UNSUPPORTED_MEDIA_TYPE; PAYLOAD_TOO_LARGE for a picture of too many pixels, or of too much work.
 */
export async function extensionOf(ctx: Pick<Ctx, 'images'>, file: Upload): Promise<DocumentExtension> {
  const { path } = file;
  const head = await headOf(path);
  if (beginsAsPdf(head)) {
    if (await isWholePdf(path)) return 'pdf';
    throw unsupported('The PDF is damaged, or more than a PDF.');
  }
  if (!startsWith(head, JPEG) && !startsWith(head, PNG)) {
    throw unsupported('Only PDF, JPEG and PNG documents are taken.');
  }
  giveTimeFor(file);
  const { format } = await ctx.images.inspect(path);
  if (format === 'jpeg' || format === 'png') return PICTURES[format];
  throw unsupported('Only PDF, JPEG and PNG documents are taken.');
}

const startsWith = (head: Buffer, magic: Buffer) => head.subarray(0, magic.length).equals(magic);

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    return await readAt(file, 0, 8);
  } finally {
    await file.close();
  }
}

function unsupported(message: string): AppError {
  return new AppError('UNSUPPORTED_MEDIA_TYPE', message);
}
