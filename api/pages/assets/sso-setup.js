import { offerClaim, say, sayIncomplete } from './claim-once.js';
import { show } from './shown.js';

// The session is in a cookie that this script cannot read. The address keeps the tenant's id after the #, so that the page can be opened again
// in this browser until the link expires: a DNS record may take a day.
const tenantId = decodeURIComponent(location.hash.slice(1)).split('.')[0];
const setup = document.getElementById('setup');
const domains = document.getElementById('domains');
const connection = document.getElementById('connection');
const activate = document.getElementById('activate');
const findings = document.getElementById('findings');

/** Milliseconds between two looks at the operation that was begun here. */
const LOOK_MS = 3000;

/** Statuses of an operation that has ended and changed nothing. */
const UNDONE = ['failed', 'cancelled'];

async function call(method, path, body, headers = {}) {
  const response = await fetch(`v1/tenants/${encodeURIComponent(tenantId)}${path}`, {
    method,
    headers: { 'x-sso-setup': '1', ...(body ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const answer = await response.json();
  if (response.ok) return answer;
  if (response.status === 401) setup.hidden = true;
  const errors = (answer.errors ?? []).map(({ detail }) => detail);
  throw new Error([answer.detail ?? answer.title, ...errors].join(' '));
}

/** Says why something did not work. Of an answer that did not come, or that a proxy has made, the browser's own words would help nobody. */
function sayWhy(error) {
  const isUnanswered = error instanceof TypeError || error instanceof SyntaxError;
  say(isUnanswered ? 'The server did not answer. Try again: nothing is lost.' : error.message, true);
}

/** Does something for a person who waits for it, and says what went wrong. */
async function during(button, doing, work) {
  button.disabled = true;
  say(doing);
  try {
    const said = await work();
    if (said) say(said);
  } catch (error) {
    sayWhy(error);
  } finally {
    button.disabled = false;
  }
}

async function showDomains() {
  const { domains: claimed } = await call('GET', '/domains');
  domains.replaceChildren(...claimed.map(domainItem));
}

function domainItem({ domain, state, record }) {
  const item = document.createElement('li');
  const label = document.createElement('label');
  const use = document.createElement('input');
  Object.assign(use, {
    type: 'checkbox',
    name: 'use',
    value: domain,
    checked: state === 'proved',
    disabled: state !== 'proved',
  });
  use.addEventListener('change', mustTest);
  label.append(use, ` ${domain}: ${state === 'proved' ? 'proved' : 'not proved'}`);
  item.append(label);
  const list = document.createElement('dl');
  show(list, 'TXT record', record.name);
  show(list, 'Value', record.value);
  const check = document.createElement('button');
  Object.assign(check, { type: 'button', className: 'copy', textContent: 'Check' });
  check.setAttribute('aria-label', `Check: ${domain}`);
  check.addEventListener('click', () =>
    during(check, `Looking for the record of ${domain} …`, async () => {
      const { message } = await call('POST', `/domains/${encodeURIComponent(domain)}:check`);
      await showDomains();
      return message;
    }),
  );
  item.append(list, check);
  return item;
}

function configuration() {
  const given = Object.fromEntries(new FormData(connection));
  const { protocol, issuer, clientId, clientSecret } = given;
  const used = [...domains.querySelectorAll('input:checked')].map(({ value }) => value);
  if (used.length === 0) throw new Error('Prove a domain first, and choose it.');
  if (protocol !== 'oidc') return { saml: { [protocol]: given[protocol].trim() }, domains: used };
  return { oidc: { issuer, clientId, ...(clientSecret ? { clientSecret } : {}) }, domains: used };
}

/** Only what was tested as it is now is activated. */
function mustTest() {
  activate.disabled = true;
  findings.replaceChildren();
}

function chooseProtocol() {
  for (const fields of connection.querySelectorAll('[data-protocol]'))
    fields.hidden = fields.disabled = fields.dataset.protocol !== connection.elements.protocol.value;
}

async function test() {
  mustTest();
  const { usable, findings: found } = await call('POST', '/identity/sso:test', { configuration: configuration() });
  findings.replaceChildren(
    ...found.map(({ outcome, message }) => {
      const item = document.createElement('li');
      item.textContent = `${outcome}: ${message}`;
      item.className = outcome === 'failed' ? 'error' : '';
      return item;
    }),
  );
  activate.disabled = !usable;
  return usable ? 'This works. Activate it when you are ready.' : 'This does not work yet.';
}

async function connect() {
  const idempotencyKey = {
    'idempotency-key': crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2),
  };
  await call('PUT', '/identity/sso', configuration(), idempotencyKey);
  setup.hidden = true;
  await follow();
}

/** Says how the operation goes on until it has ended. */
async function follow() {
  const { operation } = await call('GET', '/identity/sso/setup');
  if (!operation) return enter();
  const { operationId, status } = operation;
  if (status === 'completed')
    return say('Done: people with an address in your domains now sign in at your company. This link has ended.');
  if (UNDONE.includes(status)) {
    await enter();
    return say(`It did not work, and nothing was changed. Try again, or ask for help and name ${operationId}.`, true);
  }
  const waits = status === 'on_hold' || status === 'needs_operator';
  say(waits ? `Our support has to look at this (${operationId}). You need not wait here.` : 'Being activated …');
  setTimeout(
    () => follow().catch(() => say('The server did not answer. Reload the page to see how it stands.', true)),
    LOOK_MS,
  );
}

async function enter() {
  const { redirectUri, entityId } = await call('GET', '/identity/sso');
  const urls = document.getElementById('urls');
  urls.replaceChildren();
  if (redirectUri) show(urls, 'Redirect URI; for SAML: assertion consumer service (ACS) URL', redirectUri);
  if (entityId) show(urls, 'SAML entity id (audience)', entityId);
  await showDomains();
  setup.hidden = false;
}

document.getElementById('add-domain').addEventListener('submit', (event) => {
  event.preventDefault();
  const { domain } = event.target.elements;
  void during(event.submitter, `Adding ${domain.value} …`, async () => {
    await call('POST', '/domains', { domain: domain.value.trim().toLowerCase() });
    event.target.reset();
    await showDomains();
    return 'Publish its record, then check it.';
  });
});
connection.addEventListener('input', () => {
  chooseProtocol();
  mustTest();
});
connection.addEventListener('submit', (event) => {
  event.preventDefault();
  void during(event.submitter, 'Asking your identity provider …', test);
});
activate.addEventListener('click', () => void during(activate, 'Activating …', connect));

const begin = () => follow().catch(sayWhy);
const offered = offerClaim(location.hash, {
  path: 'identity/sso/links:open',
  what: 'the setup',
  refused: 'This link is wrong, expired or already used. Ask for a new one.',
  reveal() {
    history.replaceState(null, '', `#${tenantId}`);
    say('');
    return begin();
  },
});
if (!offered && tenantId) void begin();
else if (!offered) sayIncomplete();
