import { formAction, LinkBrowser } from '../../browser/link-browser';

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
  const browser = new LinkBrowser((address) => address.startsWith(redirectUri));
  const action = formAction(await browser.open(start.href));
  if (action === undefined) throw new Error('Keycloak showed no login form.');
  if (new URL(action).pathname.startsWith(`/realms/${realm}/`)) return 'not offered';
  const { status } = await browser.open(action, { username, password });
  return status === 0 ? 'signed in' : 'refused';
}
