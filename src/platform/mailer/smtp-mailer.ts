import nodemailer, { type Transporter } from 'nodemailer';
import type { Letter, Mailer } from '../../kernel/ports.js';
import { messageOf } from './message.js';

export interface SmtpSettings {
  /** `smtp://…` or `smtps://…`, with nodemailer's options as its query. */
  readonly url: string;
  readonly from: string;
  /** How long a server may keep silent. No mail server is worth waiting for longer: the letter is tried again later. */
  readonly silenceMs?: number;
  /** How long a letter may take in all: a server that trickles is never silent. */
  readonly deadlineMs?: number;
  /** How long letters that are on their way have when the server stops. */
  readonly graceMs?: number;
}

const SILENCE_MS = 10_000;
const DEADLINE_MS = 30_000;
const GRACE_MS = 3_000;

/** Hands letters to a mail server, over lines that are kept open. */
export class SmtpMailer implements Mailer {
  private readonly transport: Transporter;
  private readonly stopped = new AbortController();

  constructor(private readonly settings: SmtpSettings) {
    const silence = settings.silenceMs ?? SILENCE_MS;
    this.transport = nodemailer.createTransport({
      pool: true,
      maxConnections: 5,
      connectionTimeout: silence,
      greetingTimeout: silence,
      socketTimeout: silence,
      requireTLS: hasPassword(settings.url),
      // Its own options win over these.
      url: settings.url,
    });
  }

  async send(letter: Letter): Promise<void> {
    const late = AbortSignal.timeout(this.settings.deadlineMs ?? DEADLINE_MS);
    const signal = AbortSignal.any([late, this.stopped.signal]);
    await this.transport.sendMail({ ...messageOf(letter, this.settings.from), signal });
  }

  async close(): Promise<void> {
    this.transport.close();
    setTimeout(() => this.stopped.abort(), this.settings.graceMs ?? GRACE_MS).unref();
  }
}

/** A password never goes over a line that somebody between can read, or has made to look as if it knew no TLS. */
function hasPassword(url: string): boolean {
  return new URL(url).password !== '';
}
