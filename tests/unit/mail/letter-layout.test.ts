import { describe, expect, it } from 'vitest';
import { layOut } from '../../../src/modules/mail/index.js';

const action = { label: 'Go there', url: 'https://cars.test/go#token=abc' };

describe('the layout of letters', () => {
  it('says the same in text and in HTML, programs aside', () => {
    const { subject, text, html } = layOut({
      subject: 'A subject',
      paragraphs: ['Hello,', 'First.'],
      action,
      forPrograms: 'Token abc',
      notes: ['A note.'],
    });
    expect(subject).toBe('A subject');
    expect(text).toBe(
      'Hello,\n\nFirst.\n\nGo there:\nhttps://cars.test/go#token=abc\n\nToken abc\n\nA note.\n\nCarNegotiate\n',
    );
    for (const part of ['<title>A subject</title>', '<p>Hello,</p>', '<p>First.</p>', '>A note.</p>'])
      expect(html).toContain(part);
    expect(html.match(/href="https:\/\/cars\.test\/go#token=abc"/g)).toHaveLength(2);
    expect(html).not.toContain('Token abc');
  });

  it('says at the foot where no more of these are wanted, if that can be said', () => {
    const content = { subject: 'A subject', paragraphs: ['Hello,'] };
    expect(layOut(content)).not.toHaveProperty('unsubscribeUrl');
    expect(layOut(content).html).not.toContain('href');
    const unsubscribeUrl = 'https://cars.test/off?token=a&b="c"';
    const { text, html, ...rest } = layOut({ ...content, unsubscribeUrl });
    expect(rest).toEqual({ subject: 'A subject', unsubscribeUrl });
    expect(text).toMatch(/\n\nCarNegotiate\n\nNo more mails of this kind:\nhttps:\S+\n$/);
    expect(html).toContain(
      '<a href="https://cars.test/off?token=a&amp;b=&quot;c&quot;" style="color:inherit">',
    );
  });

  it('takes nothing for markup', () => {
    const hostile = `<script>alert("1")</script> & <img src=x onerror='y'>`;
    const { text, html } = layOut({
      subject: hostile,
      paragraphs: [hostile],
      notes: [hostile],
      action: { label: hostile, url: `https://cars.test/"><script>` },
    });
    const told =
      '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;img src=x onerror=&#39;y&#39;&gt;';
    expect(html.split(told)).toHaveLength(5);
    expect(html).not.toMatch(/<(script|img)/);
    expect(html).toContain('href="https://cars.test/&quot;&gt;&lt;script&gt;"');
    expect(text).toContain(hostile);
  });

  it('turns no text around, so that no price is spelled backwards', () => {
    const car = 'Camry \u202eXLE\u202c for \u2067$1\u2069';
    const { subject, text, html } = layOut({ subject: car, paragraphs: [car] });
    expect([subject, text]).toEqual(['Camry XLE for $1', 'Camry XLE for $1\n\nCarNegotiate\n']);
    expect(html).toContain('<p>Camry XLE for $1</p>');
  });

  it('makes one line of what breaks lines, so that nothing passes itself off as a header or a paragraph', () => {
    const { subject, text, html } = layOut({
      subject: 'Hi\r\nBcc: all@example.com',
      paragraphs: ['Hello Ada\n\nSend\u2028money\u0085to\u0000me'],
    });
    expect(subject).toBe('Hi Bcc: all@example.com');
    expect(text).toBe('Hello Ada Send money to me\n\nCarNegotiate\n');
    expect(html).toContain('<p>Hello Ada Send money to me</p>');
  });

  it('asks nothing of anybody when it is opened, and leaves colours to the reader', () => {
    const { html } = layOut({ subject: 'S', paragraphs: ['P'], notes: ['N'], action });
    expect(html).not.toMatch(/<(img|link|script|iframe|table)|src=|url\(|@import/i);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    const colours = html.match(/#[0-9a-f]{6}\b|(?<!-)color:/gi);
    expect(colours).toEqual(['#1a56db', 'color:', '#ffffff']);
  });

  it('breaks no attribute by its own style', () => {
    const { html } = layOut({ subject: 'S', paragraphs: ['P'] });
    expect(html).toMatch(/<body style="[^"<>]*Arial,sans-serif">/);
  });
});
