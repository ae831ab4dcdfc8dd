// The link is /claim#<tenantId>.<token>: what is behind the # is sent to no server and reaches no log.
const [tenantId, token] = decodeURIComponent(location.hash.slice(1)).split('.');
const button = document.getElementById('claim');
const message = document.getElementById('message');
const list = document.getElementById('credentials');
// A second click, or a click after a lost answer, asks for the same answer.
const idempotencyKey = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
// Of this tab and without the token: after a reload the page can say why it shows nothing.
const SHOWN = 'credentials-shown';

function say(text, isError) {
  message.textContent = text;
  message.className = isError ? 'error' : '';
}

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
      // Without TLS browsers have no clipboard: the value is selected for the reader to copy.
      getSelection().selectAllChildren(shown);
      copy.textContent = 'Selected';
    }
    setTimeout(() => (copy.textContent = 'Copy'), 2000);
  });
  return copy;
}

async function claim() {
  button.disabled = true;
  say('One moment …');
  try {
    const response = await fetch(`/v1/tenants/${encodeURIComponent(tenantId)}/credentials:claim`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ token }),
    });
    const body = await response.json();
    if (response.ok) return reveal(body);
    const again = response.status === 429 || response.status >= 500;
    button.disabled = !again;
    say(
      again
        ? 'That did not work just now. Try again in a minute.'
        : 'This link is wrong, expired or was used before. Ask for a new one.',
      true,
    );
  } catch {
    button.disabled = false;
    say('No answer arrived. Try again: nothing is lost.', true);
  }
}

function reveal({ adminAccessUrl, username, temporaryPassword, apiKeys }) {
  sessionStorage.setItem(SHOWN, adminAccessUrl);
  history.replaceState(null, '', location.pathname);
  button.hidden = true;
  say('Keep these now: they are not shown again.');
  showLogin(adminAccessUrl);
  if (username) show('User name', username);
  show('Password, to be changed at the first login', temporaryPassword);
  for (const [name, key] of Object.entries(apiKeys)) show(`API key “${name}”`, key);
}

function showLogin(url) {
  if (/^https?:/.test(url)) show('Log in at', url, url);
}

if (tenantId && token) {
  button.hidden = false;
  button.addEventListener('click', claim);
} else if (sessionStorage.getItem(SHOWN) !== null) {
  say('The credentials were shown already, and are not shown again. If you did not keep them, ask for a new link.');
  showLogin(sessionStorage.getItem(SHOWN));
} else say('This link is not complete. Copy the whole link of the mail, or open it from the mail.', true);
