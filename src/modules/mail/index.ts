export { type Content, layOut } from './letter.layout.js';
export {
  type BurstRequest,
  endOfBurst,
  forgetMailsOf,
  type MailRequest,
  queueBursts,
  queueMail,
} from './mail.service.js';
