// The link is /open#/v1/…: a path of this API, read with the reader's own token. The token stays in this tab.
const TOKEN = 'api-token';
const form = document.getElementById('sign-in');
const message = document.getElementById('message');
const answer = document.getElementById('answer');
const signOut = document.getElementById('sign-out');

/** What is behind the #, if it is a path of this API. */
function pathOf(hash) {
  const path = hash.slice(1);
  return /^\/v1\/[\w.~:/?=&%+,-]+$/.test(path) ? path : undefined;
}

function say(text, isError) {
  message.textContent = text;
  message.className = isError ? 'error' : '';
}

async function look() {
  const path = pathOf(location.hash);
  const token = sessionStorage.getItem(TOKEN);
  answer.replaceChildren();
  form.hidden = token !== null;
  signOut.hidden = token === null;
  if (path === undefined)
    return say('This link is not complete. Copy the whole link of the mail, or open it from the mail.', true);
  if (token === null) return say(`Sign in to see ${path}.`);
  say('One moment …');
  try {
    const response = await fetch(path, { headers: { authorization: `Bearer ${token}` } });
    const body = await response.json();
    if (response.status === 401) {
      sessionStorage.removeItem(TOKEN);
      form.hidden = false;
      signOut.hidden = true;
      return say('This token is not valid any more, or never was. Sign in with another one.', true);
    }
    if (!response.ok) return say(`${body.title} ${body.detail ?? ''}`, true);
    say(path);
    answer.replaceChildren(shown(body));
  } catch {
    say('No answer arrived. Reload the page to try again.', true);
  }
}

/** Members that name something which this API can show. */
const SHOWN_AT = { tenantId: '/v1/tenants/', operationId: '/v1/operations/' };

/** A value of the answer: members as a list of terms, elements as a list, what this API can show as a link to this page. */
function shown(value, name) {
  if (value === null || value === undefined) return text('span', '–');
  if (Array.isArray(value)) {
    if (value.length === 0) return text('span', 'none');
    const list = document.createElement('ol');
    for (const each of value) list.appendChild(document.createElement('li')).append(shown(each));
    return list;
  }
  if (typeof value === 'object') {
    const list = document.createElement('dl');
    for (const [member, each] of Object.entries(value)) {
      list.append(text('dt', member));
      list.appendChild(document.createElement('dd')).append(shown(each, member));
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
  void look();
});
signOut.addEventListener('click', () => {
  sessionStorage.removeItem(TOKEN);
  void look();
});
addEventListener('hashchange', () => void look());
void look();
