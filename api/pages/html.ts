/** Escapes text for HTML content and attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Puts the path prefix, as of `pathPrefix`, before all paths of this API that a page links to or loads. */
export function underPrefix(html: string, prefix: string): string {
  return html.replaceAll(/ (href|src)="\//g, ` $1="${escapeHtml(prefix)}/`);
}

/** A complete page below a path prefix. `title` is text, `body` is HTML, and `script` is the name of a module below `/assets`. */
export function htmlPage(prefix: string, title: string, body: string, script?: string): string {
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/assets/page.css">
${script ? `<script type="module" src="/assets/${script}"></script>` : ''}
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
  return underPrefix(html, prefix);
}
