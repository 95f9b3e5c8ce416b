import type { Logger, Mailer } from '../../kernel/ports.js';
import { FileMailer } from '../../platform/mailer/file-mailer.js';
import { SmtpMailer } from '../../platform/mailer/smtp-mailer.js';
import type { Config } from '../config.js';

export function makeMailer(config: Config, log: Logger): Mailer {
  const { smtpUrl: url, mailFrom: from, mailDirectory: directory } = config;
  if (url !== null) return new SmtpMailer({ url, from });
  if (config.environment === 'production')
    log.warn({ directory }, 'no SMTP_URL: mails are written as files, and reach nobody');
  return new FileMailer({ directory, from });
}
