/** A login page of one realm that sends people to another realm, whose account they use. */
export interface BrokerLogin {
  /** Base URL of the Keycloak server. */
  url: string;
  realm: string;
  clientId: string;
  redirectUri: string;
  /** Alias of the identity provider in the realm. */
  provider: string;
  username: string;
  password: string;
}

/** Signs in through an identity provider as a browser does. It is `not offered` if the realm does not send people to the provider. */
export async function brokerLogin(login: BrokerLogin): Promise<'signed in' | 'refused' | 'not offered'> {
  const { url, realm, clientId, redirectUri, provider, username, password } = login;
  const start = new URL(`${url}/realms/${realm}/protocol/openid-connect/auth`);
  start.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    kc_idp_hint: provider,
  }).toString();
  const browser = new Browser(redirectUri);
  const form = (await browser.open(start.href)) ?? '';
  const action = /action="([^"]+)"/.exec(form)?.[1]?.replaceAll('&amp;', '&');
  if (action === undefined) throw new Error('Keycloak showed no login form.');
  if (new URL(action).pathname.startsWith(`/realms/${realm}/`)) return 'not offered';
  const refusal = await browser.open(action, new URLSearchParams({ username, password }));
  return refusal === undefined ? 'signed in' : 'refused';
}

/** Follows redirects and keeps the cookies of each path, because all realms have cookies of the same names. */
class Browser {
  readonly #cookies = new Map<string, { path: string; pair: string }>();

  constructor(readonly target: string) {}

  /** The page at which the redirects end, or undefined at the target. */
  async open(address: string, body?: URLSearchParams): Promise<string | undefined> {
    if (address.startsWith(this.target)) return undefined;
    const { pathname } = new URL(address);
    const own = [...this.#cookies.values()].filter(({ path }) => pathname.startsWith(path)).map(({ pair }) => pair);
    const answer = await fetch(address, {
      redirect: 'manual',
      headers: { cookie: own.join('; ') },
      ...(body === undefined ? {} : { method: 'POST', body }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      const path = /;\s*path=([^;]+)/i.exec(cookie)?.[1] ?? '/';
      this.#cookies.set(`${path} ${pair.split('=')[0]}`, { path, pair });
    }
    const location = answer.headers.get('location');
    return location === null ? answer.text() : this.open(new URL(location, address).href);
  }
}
