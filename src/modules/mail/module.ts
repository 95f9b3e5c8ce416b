import type { Room } from '../../kernel/room.js';
import { Mail } from './mail.entity.js';
import { sendMailsJob, sweepMails } from './mail.jobs.js';

export { mailerPart, sendMails } from './mail.delivery.js';

/** Mails of all rooms: queued as rows, sent by a job, tried again, kept as failed. */
export const mail: Room = {
  name: 'mail',
  entities: [Mail],
  jobs: (settings) => [sendMailsJob(settings), sweepMails],
};
