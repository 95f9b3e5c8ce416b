import type { SendMailOptions } from 'nodemailer';
import type { Letter } from '../../kernel/ports.js';

/**
 * One address, written plainly: no quoted name, no list, no comment, nothing that a header or an SMTP command could
 * take for its end. Accounts have no other; what else comes is a bug, and is not sent.
 */
const PLAIN_ADDRESS = /^[^\s\p{Cc}<>()[\]\\,;:"@]+@[^\s\p{Cc}<>()[\]\\,;:"@]+$/u;

/**
 * A letter in nodemailer's terms, `from` as MAIL_FROM has it.
 * @throws Error for what is not one plain address.
 */
export function messageOf(
  { id, to, subject, text, html, unsubscribeUrl }: Letter,
  from: string,
): SendMailOptions {
  if (!PLAIN_ADDRESS.test(to)) throw new Error('This is not one plain address.');
  return {
    from,
    // As an object it is one address and is never read as a list of them.
    to: { name: '', address: to },
    envelope: { from: addressOf(from), to: [to] },
    subject: subject.replace(/\s+/g, ' '),
    text,
    html,
    messageId: `<${id}@${addressOf(from).split('@')[1]}>`,
    headers: {
      // Nobody's holiday notice wants to answer this (RFC 3834).
      'Auto-Submitted': 'auto-generated',
      ...(unsubscribeUrl === undefined ? {} : unsubscribing(unsubscribeUrl)),
    },
    // A letter is text that we wrote: nothing in it names a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** One address, and leave to POST to it without asking the reader again (RFC 2369, RFC 8058). */
function unsubscribing(url: string): Record<string, string> {
  // As a URL writes itself there is nothing in it that a header could take for its end.
  return {
    'List-Unsubscribe': `<${new URL(url).href}>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  };
}

function addressOf(from: string): string {
  return (/<([^<>]+)>\s*$/.exec(from)?.[1] ?? from).trim();
}
