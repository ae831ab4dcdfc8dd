// The link is /open#/v1/…: a path of this API, fetched with the reader's own token. The token is kept for this tab only.
const TOKEN = 'api-token';
const form = document.getElementById('sign-in');
const message = document.getElementById('message');
const answer = document.getElementById('answer');
const signOut = document.getElementById('sign-out');

/** The part after the #, if it is a path of this API. */
function pathOf(hash) {
  const path = hash.slice(1);
  return /^\/v1\/[\w.~:/?=&%+,-]+$/.test(path) ? path : undefined;
}

function say(text, isError) {
  message.textContent = text;
  message.className = isError ? 'error' : '';
}

async function load() {
  const path = pathOf(location.hash);
  const token = sessionStorage.getItem(TOKEN);
  answer.replaceChildren();
  form.hidden = token !== null;
  signOut.hidden = token === null;
  if (path === undefined) return say('This link is incomplete. Open it from the mail, or copy the whole link.', true);
  if (token === null) return say(`Sign in to see ${path}.`);
  say('Loading …');
  try {
    const response = await fetch(`.${path}`, { headers: { authorization: `Bearer ${token}` } });
    const body = await response.json();
    if (response.status === 401) {
      sessionStorage.removeItem(TOKEN);
      form.hidden = false;
      signOut.hidden = true;
      return say('This token is unknown, expired or revoked. Sign in with another one.', true);
    }
    if (!response.ok) return say(`${body.title} ${body.detail ?? ''}`, true);
    say(path);
    answer.replaceChildren(render(body));
  } catch {
    say('The server did not answer. Reload the page to try again.', true);
  }
}

/** Members that hold an id, and the path at which this API shows the thing with that id. */
const SHOWN_AT = { tenantId: '/v1/tenants/', operationId: '/v1/operations/' };

/** Renders a value of the answer: objects and arrays as lists, and anything that this API can show as a link back to this page. */
function render(value, name) {
  if (value === null || value === undefined) return text('span', '–');
  if (Array.isArray(value)) {
    if (value.length === 0) return text('span', 'none');
    const list = document.createElement('ol');
    for (const each of value) list.appendChild(document.createElement('li')).append(render(each));
    return list;
  }
  if (typeof value === 'object') {
    const list = document.createElement('dl');
    for (const [member, each] of Object.entries(value)) {
      list.append(text('dt', member));
      list.appendChild(document.createElement('dd')).append(render(each, member));
    }
    return list;
  }
  const line = String(value);
  const path = Object.hasOwn(SHOWN_AT, name ?? '') ? SHOWN_AT[name] + line : line;
  if (pathOf(`#${path}`) === undefined) return text('span', line);
  const link = text('a', line);
  link.href = `#${path}`;
  return link;
}

function text(tag, content) {
  const element = document.createElement(tag);
  element.textContent = content;
  return element;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(TOKEN, new FormData(form).get('token').trim());
  form.reset();
  void load();
});
signOut.addEventListener('click', () => {
  sessionStorage.removeItem(TOKEN);
  void load();
});
addEventListener('hashchange', () => void load());
void load();
