export { type Content, layOut } from './letter.layout.js';
export { forgetMailsOf, type MailRequest, queueMail } from './mail.service.js';
