import { escapeHtml, oneLine } from './text';

/** A part of a mail, written once and rendered as plain text and as HTML. */
export type Block =
  | { kind: 'paragraph'; text: string }
  | { kind: 'facts'; rows: [label: string, value: string][] }
  | { kind: 'list'; items: string[] }
  /** Shown as it is, for copying. */
  | { kind: 'code'; text: string }
  /** A value to be copied: alone on its line. */
  | { kind: 'value'; label: string; value: string }
  | { kind: 'link'; label: string; url: string };

/** What a mail says, in both forms. */
export interface Rendered {
  subject: string;
  text: string;
  html: string;
}

/** A sentence or two. */
export function paragraph(text: string): Block {
  return { kind: 'paragraph', text };
}

/** Renders a mail. Every text is escaped; throws for a link that is not http(s). */
export function render(subject: string, blocks: Block[]): Rendered {
  const title = oneLine(subject);
  return {
    subject: title,
    text: `${blocks.map(asText).join('\n\n')}\n`,
    html:
      `<!doctype html><html lang="en"><head><meta charset="utf-8">` +
      `<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no"><title>${escapeHtml(title)}</title></head>` +
      `<body style="font-family:sans-serif;line-height:1.5;max-width:40rem">${blocks.map(asHtml).join('\n')}</body></html>`,
  };
}

function asText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return oneLine(block.text);
    case 'facts':
      return block.rows.map(([label, value]) => `${oneLine(label)}: ${oneLine(value)}`).join('\n');
    case 'list':
      return block.items.map((item) => `- ${oneLine(item)}`).join('\n');
    case 'code':
      return block.text;
    case 'value':
      return `${oneLine(block.label)}:\n${oneLine(block.value)}`;
    case 'link':
      return `${oneLine(block.label)}:\n${webAddress(block.url)}`;
  }
}

function asHtml(block: Block): string {
  const safe = (text: string) => escapeHtml(oneLine(text));
  switch (block.kind) {
    case 'paragraph':
      return `<p>${safe(block.text)}</p>`;
    case 'facts':
      return `<table>${block.rows.map(([label, value]) => `<tr><td>${safe(label)}</td><td>${safe(value)}</td></tr>`).join('')}</table>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${safe(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `<pre style="white-space:pre-wrap">${escapeHtml(block.text)}</pre>`;
    case 'value':
      return `<p>${safe(block.label)}:<br><code>${safe(block.value)}</code></p>`;
    case 'link':
      return `<p><a href="${escapeHtml(webAddress(block.url))}">${safe(block.label)}</a></p>`;
  }
}

function webAddress(url: string): string {
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:')
    throw new Error(`A mail links to ${protocol}; only http(s) is allowed.`);
  return href;
}
