import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import type { Letter, Mailer } from '../../kernel/ports.js';
import { messageOf } from './message.js';

/** Unencoded: no mail server is on the way, and whoever opens the file in an editor wants the link in one piece. */
const READABLE_PART = 'Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit';

/** Writes each letter as a file that mail programs open: for development, and for who has no mail server yet. */
export class FileMailer implements Mailer {
  private readonly transport = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
  });

  constructor(private readonly settings: { readonly directory: string; readonly from: string }) {}

  async send(letter: Letter): Promise<void> {
    const { directory, from } = this.settings;
    const text = { raw: `${READABLE_PART}\n\n${letter.text}` };
    const { message } = await this.transport.sendMail({ ...messageOf(letter, from), text });
    // What lies there opens accounts: it is for the eyes of whoever runs the server alone.
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, `${letter.id}.eml`);
    // Whoever watches the folder finds whole letters only.
    await writeFile(`${path}.unfinished`, message as Buffer, { mode: 0o600 });
    await rename(`${path}.unfinished`, path);
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}
