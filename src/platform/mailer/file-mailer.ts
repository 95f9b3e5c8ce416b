import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import nodemailer from 'nodemailer';
import type { Letter, Mailer } from '../../kernel/ports.js';
import { messageOf } from './message.js';

/** Writes each letter as a file that mail programs open: for development, and for who has no mail server yet. */
export class FileMailer implements Mailer {
  private readonly transport = nodemailer.createTransport({ streamTransport: true, buffer: true });

  constructor(private readonly settings: { readonly directory: string; readonly from: string }) {}

  async send(letter: Letter): Promise<void> {
    const { directory, from } = this.settings;
    const { message } = await this.transport.sendMail(messageOf(letter, from));
    await mkdir(directory, { recursive: true });
    const path = join(directory, `${letter.id}.eml`);
    // Whoever watches the folder finds whole letters only.
    await writeFile(`${path}.unfinished`, message as Buffer);
    await rename(`${path}.unfinished`, path);
  }

  async close(): Promise<void> {
    this.transport.close();
  }
}
