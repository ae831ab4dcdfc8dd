import { offerClaim, say, sayIncomplete } from './claim-once.js';

const list = document.getElementById('credentials');
// Kept for this tab, without the token, so that after a reload the page can explain why it shows no credentials.
const SHOWN = 'credentials-shown';

function show(label, value, href) {
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

function showLogin(url) {
  if (/^https?:/.test(url)) show('Log in at', url, url);
}

const offered = offerClaim(location.hash, {
  path: 'credentials:claim',
  what: 'the credentials',
  refused: 'This link is wrong, expired or already used. Ask for a new one.',
  reveal({ adminAccessUrl, username, temporaryPassword, apiKeys, monitoring }) {
    sessionStorage.setItem(SHOWN, adminAccessUrl);
    say('Save these now: they will not be shown again.');
    showLogin(adminAccessUrl);
    if (username) show('User name', username);
    show('Temporary password, to be changed at the first login', temporaryPassword);
    for (const [name, key] of Object.entries(apiKeys)) show(`API key “${name}”`, key);
    if (monitoring) show(`Monitoring key, for ${monitoring.endpoint}`, monitoring.key);
  },
});
if (!offered && sessionStorage.getItem(SHOWN) !== null) {
  say('The credentials were already shown and cannot be shown again. If you did not save them, ask for a new link.');
  showLogin(sessionStorage.getItem(SHOWN));
} else if (!offered) sayIncomplete();
