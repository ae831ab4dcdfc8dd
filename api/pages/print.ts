import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PAGE_POLICY } from '../http/security-headers';
import { escapeHtml } from './html';

// Inlined, so that a page that was saved or forwarded keeps its layout.
const STYLE = readFileSync(path.join(__dirname, 'assets', 'print.css'), 'utf8');

/** The policy of all pages, extended by the hash of the inline style of a {@link printedPage}. */
export const PRINT_POLICY = PAGE_POLICY.replace(
  "style-src 'self'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
);

/** Text of a table's cell, or ready HTML. */
export type Cell = string | { html: string };

/** A page for printing and filing. `title` is text, the parts of `body` are HTML. */
export function printedPage(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body.join('\n')}
</body>
</html>
`;
}

/** A heading with a table below it. */
export function section(title: string, head: string[], rows: Cell[][]): string {
  const cells = (tag: string, values: Cell[]): string =>
    values.map((value) => `<${tag}>${html(value)}</${tag}>`).join('');
  const body = rows.map((values) => `<tr>${cells('td', values)}</tr>`).join('\n');
  return `<h2>${escapeHtml(title)}</h2>
<table><thead><tr>${cells('th', head)}</tr></thead><tbody>
${body}
</tbody></table>`;
}

/** Names with their values. */
export function facts(rows: [string, string][]): string {
  return `<dl>${rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl>`;
}

/** Text in the type of code. */
export function code(text: string): { html: string } {
  return { html: `<code>${escapeHtml(text)}</code>` };
}

function html(value: Cell): string {
  return typeof value === 'string' ? escapeHtml(value) : value.html;
}
