// What the pages behind one-time links share. A link is /<page>#<tenantId>.<token>: a browser sends the part after the # to no server, so the
// token reaches no log.
const button = document.getElementById('claim');
const message = document.getElementById('message');
// One key per page load, so that a second click, or a retry after a lost answer, gets the same answer.
const idempotencyKey = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);

export function say(text, isError) {
  message.textContent = text;
  message.className = isError ? 'error' : '';
}

/**
 * Shows the button that claims what `hash` links to; false if that is not a complete link. `path` is the route of a tenant, `what` is how the
 * page calls what it fetches, and `refused` is what it says when there is nothing to fetch.
 */
export function offerClaim(hash, { path, what, refused, reveal }) {
  const [tenantId, token] = decodeURIComponent(hash.slice(1)).split('.');
  if (!tenantId || !token) return false;
  button.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    say(`Fetching ${what} …`);
    try {
      const response = await fetch(`v1/tenants/${encodeURIComponent(tenantId)}/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
        body: JSON.stringify({ token }),
      });
      const body = await response.json();
      if (response.ok) {
        history.replaceState(null, '', location.pathname);
        button.hidden = true;
        return reveal(body);
      }
      const canRetry = response.status === 429 || response.status >= 500;
      button.disabled = !canRetry;
      say(canRetry ? `The server could not answer with ${what}. Try again in a minute.` : refused, true);
    } catch {
      button.disabled = false;
      say('The server did not answer. Try again: nothing is lost.', true);
    }
  });
  return true;
}

export function sayIncomplete() {
  say('This link is incomplete. Open it from the mail, or copy the whole link.', true);
}
