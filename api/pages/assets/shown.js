/** Adds a value with its label to a description list: a link, or a text with a button that copies it. */
export function show(list, label, value, href) {
  const term = document.createElement('dt');
  term.textContent = label;
  const definition = document.createElement('dd');
  const shown = document.createElement(href ? 'a' : 'code');
  shown.textContent = value;
  if (href) {
    shown.href = href;
    shown.rel = 'noreferrer';
  }
  definition.append(shown);
  if (!href) definition.append(' ', copyButton(label, shown));
  list.append(term, definition);
}

function copyButton(label, shown) {
  const copy = document.createElement('button');
  copy.type = 'button';
  copy.className = 'copy';
  copy.textContent = 'Copy';
  copy.setAttribute('aria-label', `Copy: ${label}`);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      copy.textContent = 'Copied';
    } catch {
      // Browsers offer no clipboard without TLS, so the value is selected for the reader to copy.
      getSelection().selectAllChildren(shown);
      copy.textContent = 'Selected';
    }
    setTimeout(() => (copy.textContent = 'Copy'), 2000);
  });
  return copy;
}
