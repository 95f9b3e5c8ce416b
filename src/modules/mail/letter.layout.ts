import type { Letter } from '../../kernel/ports.js';

/** What a letter says. All of it is plain text: nothing in it is ever read as markup. */
export interface Content {
  readonly subject: string;
  /** A line each, however long. */
  readonly paragraphs: readonly string[];
  /** The one thing to do, if there is one. */
  readonly action?: { readonly label: string; readonly url: string };
  /** What comes below the action, smaller. */
  readonly notes?: readonly string[];
  /** Where who wants no more of these says so: a link at the foot, and a button of the mail program's own. */
  readonly unsubscribeUrl?: string;
  /** What only who calls the API has a use for: it stands in the plain text, where programs and their makers look. */
  readonly forPrograms?: string;
}

/** The one layout of all letters, as text and as HTML. No pictures and nothing from elsewhere: opening it tells nobody. */
export function layOut(content: Content): Pick<Letter, 'subject' | 'text' | 'html' | 'unsubscribeUrl'> {
  const { subject, unsubscribeUrl } = content;
  return {
    subject: oneLine(subject),
    text: textOf(content),
    html: htmlOf(content),
    ...(unsubscribeUrl === undefined ? {} : { unsubscribeUrl }),
  };
}

function textOf({ paragraphs, action, notes = [], forPrograms, unsubscribeUrl }: Content): string {
  const parts = [
    ...paragraphs.map(oneLine),
    ...(action ? [`${oneLine(action.label)}:\n${action.url}`] : []),
    ...(forPrograms === undefined ? [] : [oneLine(forPrograms)]),
    ...notes.map(oneLine),
    SIGNATURE,
    ...(unsubscribeUrl === undefined ? [] : [`${UNSUBSCRIBE}:\n${unsubscribeUrl}`]),
  ];
  return `${parts.join('\n\n')}\n`;
}

const SIGNATURE = 'CarNegotiate';
const UNSUBSCRIBE = 'No more mails of this kind';

/** Colours are the reader's own, light or dark, but for the button, whose contrast is 6:1 on either. */
const STYLE = {
  page: 'margin:0;padding:24px;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif',
  sheet: 'max-width:560px;margin:0 auto',
  button:
    'display:inline-block;padding:12px 20px;border-radius:6px;background:#1a56db;color:#ffffff;text-decoration:none;font-weight:600',
  note: 'font-size:14px;opacity:.8',
  link: 'word-break:break-all',
  foot: 'color:inherit',
} as const;

function htmlOf({ subject, paragraphs, action, notes = [], unsubscribeUrl }: Content): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(subject)}</title>
</head>
<body style="${escaped(STYLE.page)}">
<div style="${STYLE.sheet}">
${paragraphs.map((text) => `<p>${escaped(text)}</p>`).join('\n')}
${action ? actionHtml(action) : ''}
${notes.map((text) => `<p style="${STYLE.note}">${escaped(text)}</p>`).join('\n')}
<p style="${STYLE.note}">${SIGNATURE}</p>${unsubscribeUrl === undefined ? '' : unsubscribeHtml(unsubscribeUrl)}
</div>
</body>
</html>
`;
}

function actionHtml({ label, url }: NonNullable<Content['action']>): string {
  const href = escaped(url);
  return `<p><a href="${href}" style="${STYLE.button}">${escaped(label)}</a></p>
<p style="${STYLE.note}">If the button does nothing, copy this address into your browser:<br>
<a href="${href}" style="${STYLE.link}">${href}</a></p>`;
}

function unsubscribeHtml(url: string): string {
  return `
<p style="${STYLE.note}"><a href="${escaped(url)}" style="${STYLE.foot}">${UNSUBSCRIBE}</a></p>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return oneLine(text).replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}

/** Marks that turn around what comes behind them: a car's name with one in it would spell another price. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** A paragraph cannot pass itself off as two, nor a subject as a header. */
function oneLine(text: string): string {
  return text
    .replace(TURNING, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
}
