import { brokerLogin } from '../../helpers/providers/keycloak/broker-login';
import { PASSWORD, type People } from './people';
import { observerOf, settingsFor } from './realm';

/** A customer's own identity provider, and a person who signs in through it. */
export interface Company {
  username: string;
  /** Signs in as a browser does; the first time makes the account a managed member. */
  signIn(): ReturnType<typeof brokerLogin>;
  stop(): Promise<void>;
}

/** Links an identity provider of its own to a tenant's organization: another realm of the same server. */
export async function startCompany(
  { client, realm }: People,
  { orgId, tenantId }: { orgId: string; tenantId: string },
): Promise<Company> {
  const company = `company-${tenantId}`;
  const username = `managed-${tenantId}`;
  const { url } = settingsFor(realm);
  await client.realms.create({ realm: company, enabled: true });
  const elsewhere = await observerOf(company);
  const profile = { username, email: `${username}@example.com`, firstName: 'Ada', lastName: 'Lovelace' };
  const credentials = [{ type: 'password', value: PASSWORD, temporary: false }];
  await elsewhere.users.create({ ...profile, enabled: true, credentials });
  await elsewhere.clients.create({ clientId: 'relying', secret: 'relying', redirectUris: ['*'] });
  const endpoint = (name: string): string => `${url}/realms/${company}/protocol/openid-connect/${name}`;
  await client.identityProviders.create({
    alias: company,
    providerId: 'keycloak-oidc',
    enabled: true,
    trustEmail: true,
    config: {
      clientId: 'relying',
      clientSecret: 'relying',
      clientAuthMethod: 'client_secret_post',
      authorizationUrl: endpoint('auth'),
      tokenUrl: endpoint('token'),
      userInfoUrl: endpoint('userinfo'),
      issuer: `${url}/realms/${company}`,
    },
  });
  await client.organizations.linkIdp({ orgId, alias: company });
  const account = { clientId: 'account', redirectUri: `${url}/realms/${realm}/account/` };
  return {
    username,
    signIn: () => brokerLogin({ ...account, url, realm, provider: company, username, password: PASSWORD }),
    stop: async () => {
      await client.identityProviders.del({ alias: company }).catch(() => undefined);
      await client.realms.del({ realm: company });
    },
  };
}
