import nodemailer, { type Transporter } from 'nodemailer';
import type { Letter, Mailer } from '../../kernel/ports.js';
import { messageOf } from './message.js';

/** No mail server is worth waiting for longer: the letter is tried again later. */
const TIMEOUT_MS = 10_000;

/** Hands letters to a mail server, over lines that are kept open. */
export class SmtpMailer implements Mailer {
  private readonly transport: Transporter;

  constructor(private readonly settings: { readonly url: string; readonly from: string }) {
    this.transport = nodemailer.createTransport({
      url: settings.url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
      // A letter is text that we wrote: nothing in it names a file or an address to be fetched.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(letter: Letter): Promise<void> {
    await this.transport.sendMail(messageOf(letter, this.settings.from));
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}
