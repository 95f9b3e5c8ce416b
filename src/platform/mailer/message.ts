import type { SendMailOptions } from 'nodemailer';
import type { Letter } from '../../kernel/ports.js';

/** A letter in nodemailer's terms. */
export function messageOf({ id, to, subject, text, html }: Letter, from: string): SendMailOptions {
  return {
    from,
    // As an object it is one address and is never read as a list of them.
    to: { name: '', address: to },
    subject: subject.replace(/\s+/g, ' '),
    text,
    html,
    messageId: `<${id}@${domainOf(from)}>`,
    // Nobody's holiday notice wants to answer this (RFC 3834).
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

function domainOf(from: string): string {
  return /@([a-z0-9.-]+)>?$/i.exec(from)?.[1] ?? 'carnegotiate.invalid';
}
