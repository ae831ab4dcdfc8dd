import { escapeHtml, withIsolated } from '../text';
import { webAddress, type Block, type Language } from './blocks';

/**
 * Inline, because some mail programs drop style sheets. `anywhere`: links and ids are longer than a telephone is wide. Logical sides, so that
 * a language that is read from right to left needs no other layout.
 */
const STYLES = {
  body: 'margin:0;padding:0;background-color:#f3f4f6;color:#1f2937;font-family:-apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5',
  card: 'display:block;box-sizing:border-box;max-width:600px;margin:0 auto;padding:24px 20px;background-color:#ffffff;overflow-wrap:anywhere',
  heading: 'margin:0 0 16px;font-size:21px;line-height:1.3;font-weight:600',
  paragraph: 'margin:0 0 16px',
  action: 'margin:0 0 6px',
  table: 'margin:0 0 16px;border-collapse:collapse',
  label:
    'padding:2px 12px 2px 0;padding-block:2px;padding-inline:0 12px;vertical-align:top;text-align:start;font-weight:400',
  cell: 'padding:2px 0;vertical-align:top;text-align:start',
  code: 'margin:0 0 16px;padding:12px;background-color:#f3f4f6;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:14px;white-space:pre-wrap;overflow-wrap:anywhere',
  value: 'font-family:ui-monospace,Menlo,Consolas,monospace;font-size:15px;overflow-wrap:anywhere',
  button:
    'display:inline-block;padding:10px 18px;border-radius:6px;background-color:#1d4ed8;color:#ffffff;font-weight:600;text-decoration:none',
  url: 'font-size:13px;color:#1d4ed8;text-decoration:underline;overflow-wrap:anywhere',
  footer: 'margin:0 0 16px;font-size:13px;color:#4b5563',
};

/** Colours for readers who prefer dark ones. They have to override the inline styles. */
const DARK_STYLES =
  ':root{color-scheme:light dark;supported-color-schemes:light dark}' +
  '@media (prefers-color-scheme:dark){' +
  '.page{background-color:#0f172a!important;color:#e5e7eb!important}' +
  '.card{background-color:#1e293b!important}' +
  '.code{background-color:#0f172a!important}' +
  '.button{background-color:#93c5fd!important;color:#0f172a!important}' +
  '.url{color:#93c5fd!important}' +
  '.footer{color:#cbd5e1!important}}';

/** Renders the HTML part of a mail. */
export function asHtml(subject: string, blocks: Block[], { tag, direction }: Language): string {
  const title = escapeHtml(withIsolated(subject, same, same));
  return (
    `<!doctype html><html lang="${escapeHtml(tag)}" dir="${direction}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">` +
    `<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">` +
    `<title>${title}</title><style>${DARK_STYLES}</style></head>` +
    `<body class="page" ${style('body')}><main class="card" ${style('card')}>\n` +
    `<h1 ${style('heading')}>${safe(subject)}</h1>\n${blocks.map(blockAsHtml).join('\n')}\n</main></body></html>`
  );
}

function blockAsHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p ${style('paragraph')}>${safe(block.text)}</p>`;
    case 'facts':
      return `<table ${style('table')}>${block.rows.map(factAsHtml).join('')}</table>`;
    case 'list':
      return `<ul ${style('paragraph')}>${block.items.map((item) => `<li>${safe(item)}</li>`).join('')}</ul>`;
    case 'code':
      return `<pre class="code" dir="ltr" ${style('code')}>${escapeHtml(block.text)}</pre>`;
    case 'value':
      return `<p ${style('paragraph')}>${safe(block.label)}:<br><code dir="ltr" ${style('value')}>${safe(block.value)}</code></p>`;
    case 'link':
      return linkAsHtml(block.label, escapeHtml(webAddress(block.url)));
    case 'footer':
      return `<p class="footer" ${style('footer')}>${safe(block.text)}</p>`;
  }
}

function factAsHtml([label, value]: [label: string, value: string]): string {
  return `<tr><th scope="row" ${style('label')}>${safe(label)}</th><td ${style('cell')}>${safe(value)}</td></tr>`;
}

/** The address is also shown, so that readers see where the button leads and can copy it into a browser. */
function linkAsHtml(label: string, href: string): string {
  return (
    `<p ${style('action')}><a class="button" href="${href}" ${style('button')}>${safe(label)}</a></p>` +
    `<p ${style('paragraph')}><a class="url" dir="ltr" href="${href}" ${style('url')}>${href}</a></p>`
  );
}

function style(name: keyof typeof STYLES): string {
  return `style="${escapeHtml(STYLES[name])}"`;
}

const same = (text: string): string => text;

/** Text for HTML, on one line; `bdi` keeps the reading direction of a name from affecting the sentence around it. */
function safe(text: string): string {
  return withIsolated(text, escapeHtml, (name) => `<bdi>${escapeHtml(name)}</bdi>`);
}
