export { forgetMailsOf, queueMail } from './mail.service.js';
