import { sql } from 'kysely';
import { isUuid } from '../../../kernel/base.entity.js';
import type { Ctx } from '../../../kernel/context.js';
import type { MailTemplate } from '../../../kernel/mail.js';
import { isTimely, letterToAccount } from '../../accounts/index.js';
import type { DealerDocumentKind } from './dealer-document.entity.js';

/** What a dealer is told of its documents; of what is approved it hears when the dealership is verified. */
export const dealerDocumentMails: readonly MailTemplate[] = [
  letterToAccount('DEALER_DOCUMENT_REJECTED', async (ctx, mail) => {
    const { documentId = '', reason } = mail.data;
    const kind = isUuid(documentId) ? await kindOfRejected(ctx, documentId, reason) : null;
    if (kind === null || !isTimely(mail, ctx.clock.now())) return null;
    return {
      subject: 'A document of yours was not accepted',
      paragraphs: [
        `${names[kind]} that you uploaded to CarNegotiate was not accepted.`,
        `The reason given: ${reason}`,
        'Please upload another one.',
      ],
    };
  }),
];

/** Never the file's own name: anybody can register with anybody's address, and name files as he likes. */
const names: Readonly<Record<DealerDocumentKind, string>> = {
  DEALER_LICENSE: 'The dealer licence',
  BUSINESS_REGISTRATION: 'The business registration',
  INSURANCE: 'The proof of insurance',
  TAX_CERTIFICATE: 'The tax certificate',
  IDENTITY: 'The proof of identity',
  OTHER: 'The document',
};

/** Null where the decision no longer stands, or the document is gone. */
async function kindOfRejected(
  ctx: Ctx,
  id: string,
  reason: string | undefined,
): Promise<DealerDocumentKind | null> {
  const { rows } = await sql<{ kind: DealerDocumentKind }>`
    select kind from dealer_documents
    where id = ${id} and status = 'REJECTED' and rejection_reason = ${reason ?? ''}`.execute(
    ctx.em.getKysely(),
  );
  return rows[0]?.kind ?? null;
}
