import { createHash } from 'node:crypto';

/** A page without a script, which may send its form back to where it came from, and nothing else. */
export interface Page {
  readonly status: 200 | 400;
  readonly html: string;
}

const STYLE =
  ':root{color-scheme:light dark}body{max-width:32rem;margin:15vh auto;padding:0 1.5rem;font:1rem/1.5 system-ui,sans-serif}' +
  'button{padding:.75rem 1.25rem;border:0;border-radius:.375rem;background:#1a56db;color:#fff;font:inherit;font-weight:600}';

export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';');

/** Programs that look into mails fetch their links: only the button changes anything. Without an action a form goes to its own page's address. */
export const askPage: Page = page(
  200,
  'No more mails of this kind?',
  'In your inbox on CarNegotiate you still find all that happens. You can switch these mails on again at any time.',
  '<form method="post"><button type="submit">Switch these mails off</button></form>',
);

export const donePage: Page = page(
  200,
  'These mails are switched off',
  'In your inbox on CarNegotiate you still find all that happens. You can switch these mails on again at any time.',
);

export const badLinkPage: Page = page(
  400,
  'This link does not work',
  'Copy all of it from the mail, or sign in and switch the mails off there.',
);

function page(status: Page['status'], title: string, text: string, form = ''): Page {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>${text}</p>
${form}
</main>
</body>
</html>
`;
  return { status, html };
}
