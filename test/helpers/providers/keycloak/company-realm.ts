import { setTimeout } from 'node:timers/promises';
import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type { OidcConnection, OidcEndpoints, SsoConnection, SsoMembers } from '../../../../contract/identity/sso';
import { createSsoProbe } from '../../../../providers/sso/sso-probe';
import { observerOf, settingsFor } from '../../../providers/keycloak/realm';
import { formAction, LinkBrowser, type Visit } from '../../browser/link-browser';

/** Milliseconds in which a realm is there even on a busy machine. */
const REALM_MS = 90_000;

/** The password of everyone at the company. */
export const PASSWORD = 'Chosen-at-the-company-1';

/** A person at the company. */
export interface Employee {
  username: string;
  email: string;
  /** What the company's groups say of the person. */
  groups?: string[];
}

/** A customer's own identity provider: another realm of the same server, with a client for us. */
export interface CompanyRealm {
  realm: string;
  endpoints: OidcEndpoints;
  clientId: string;
  clientSecret: string;
  client: KeycloakAdminClient;
  /** A connection with these domains. */
  connection(of: Partial<OidcConnection> & { domains: string[] }): OidcConnection;
  /** The same by SAML: makes the identity provider `alias` of `realm` a service provider here. */
  samlConnection(
    of: Partial<SsoMembers> & { domains: string[] },
    service: { realm: string; alias: string },
  ): Promise<SsoConnection>;
  /** Makes an account, or changes the address and the groups of the one with this user name. */
  hire(employee: Employee): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a company's realm of this name. `client` administers a realm of the server. */
export async function startCompanyRealm(client: KeycloakAdminClient, realm: string): Promise<CompanyRealm> {
  const { url } = settingsFor(realm);
  await makeRealm(client, realm);
  const own = await observerOf(realm);
  const [clientId, clientSecret] = ['tenant-sign-in', `secret-of-${realm}`];
  const { id } = await own.clients.create({
    clientId,
    secret: clientSecret,
    redirectUris: [`${url}/*`],
    standardFlowEnabled: true,
  });
  await own.clients.addProtocolMapper(
    { id },
    {
      name: 'groups',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-group-membership-mapper',
      config: {
        'claim.name': 'groups',
        'full.path': 'false',
        'id.token.claim': 'true',
        'userinfo.token.claim': 'true',
      },
    },
  );
  const endpoint = (name: string): string => `${url}/realms/${realm}/protocol/openid-connect/${name}`;
  const endpoints: OidcEndpoints = {
    issuer: `${url}/realms/${realm}`,
    authorizationUrl: endpoint('auth'),
    tokenUrl: endpoint('token'),
    jwksUrl: endpoint('certs'),
    userInfoUrl: endpoint('userinfo'),
    clientAuthentication: 'client_secret_basic',
  };
  return {
    realm,
    endpoints,
    clientId,
    clientSecret,
    client: own,
    connection: (of) => ({ protocol: 'oidc', endpoints, clientId, clientSecret, groups: [], rules: [], ...of }),
    samlConnection: async (of, service) => {
      await makeServiceProvider(own, url, service);
      const metadata = await (await fetch(`${url}/realms/${realm}/protocol/saml/descriptor`)).text();
      const probe = createSsoProbe({ internalNetworks: [] });
      const { saml, findings } = await probe.readMetadata({ metadata }, AbortSignal.timeout(30_000));
      if (!saml) throw new Error(findings.map(({ message }) => message).join(' '));
      return { protocol: 'saml', saml, groups: [], rules: [], ...of };
    },
    hire: async ({ username, email, groups = [] }) => {
      const [known] = await own.users.find({ username, exact: true });
      const profile = { username, email, emailVerified: true, firstName: 'Ada', lastName: 'Lovelace' };
      if (known) await own.users.update({ id: known.id! }, profile);
      else
        await own.users.create({
          ...profile,
          enabled: true,
          credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
        });
      const [person] = await own.users.find({ username, exact: true });
      for (const group of await own.users.listGroups({ id: person!.id! }))
        await own.users.delFromGroup({ id: person!.id!, groupId: group.id! });
      for (const name of groups) {
        const there = (await own.groups.find({ search: name, exact: true }))[0]?.id;
        const groupId = there ?? (await own.groups.create({ name })).id;
        await own.users.addToGroup({ id: person!.id!, groupId });
      }
    },
    stop: () => client.realms.del({ realm }),
  };
}

/** Makes a realm. On a busy machine that takes longer than a request may, and goes on when its caller has given up. */
async function makeRealm(client: KeycloakAdminClient, realm: string): Promise<void> {
  await client.realms.create({ realm, enabled: true }).catch((error: Error) => {
    if (error.name !== 'TimeoutError') throw error;
  });
  const deadline = Date.now() + REALM_MS;
  while (!(await client.realms.findOne({ realm }).catch(() => undefined))) {
    if (Date.now() > deadline) throw new Error(`Keycloak has not made the realm ${realm} within ${REALM_MS / 1000} s.`);
    await setTimeout(500);
  }
}

/** Makes a realm of ours a service provider of a company: with e-mail addresses as subjects, names and groups. */
async function makeServiceProvider(
  company: KeycloakAdminClient,
  url: string,
  { realm, alias }: { realm: string; alias: string },
): Promise<void> {
  const { id } = await company.clients.create({
    clientId: `${url}/realms/${realm}`,
    protocol: 'saml',
    redirectUris: [`${url}/*`],
    attributes: {
      'saml.client.signature': 'false',
      'saml.assertion.signature': 'true',
      'saml.server.signature': 'true',
      'saml.force.post.binding': 'true',
      saml_force_name_id_format: 'true',
      saml_name_id_format: 'email',
      saml_assertion_consumer_url_post: `${url}/realms/${realm}/broker/${alias}/endpoint`,
    },
  });
  const property = (name: string, attribute: string) => ({
    name: attribute,
    protocol: 'saml',
    protocolMapper: 'saml-user-property-mapper',
    config: { 'attribute.name': name, 'user.attribute': attribute, 'attribute.nameformat': 'URI Reference' },
  });
  const groups = {
    name: 'groups',
    protocol: 'saml',
    protocolMapper: 'saml-group-membership-mapper',
    config: { 'attribute.name': 'groups', single: 'true', 'full.path': 'false' },
  };
  for (const mapper of [property('urn:oid:2.5.4.42', 'firstName'), property('urn:oid:2.5.4.4', 'lastName'), groups])
    await company.clients.addProtocolMapper({ id }, mapper);
}

/** Sends on the forms of SAML, which send themselves in a browser with scripts. */
async function sendOn(browser: LinkBrowser, visit: Visit): Promise<Visit> {
  const fields = Object.fromEntries(
    [...visit.page.matchAll(/<input[^>]*>/gi)].flatMap(([input]) => {
      const name = /name="(SAMLRequest|SAMLResponse|RelayState)"/i.exec(input)?.[1];
      const value = /value="([^"]*)"/i.exec(input)?.[1];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  ) as Record<string, string>;
  const action = /<form[^>]*action="([^"]+)"/i.exec(visit.page)?.[1]?.replaceAll('&amp;', '&');
  const isSaml = 'SAMLRequest' in fields || 'SAMLResponse' in fields;
  return isSaml && action !== undefined ? sendOn(browser, await browser.open(action, fields)) : visit;
}

/** Where a login has ended: back at the application, at another page of ours, or at the company's. */
export interface Arrival {
  at: 'application' | 'our page' | 'company';
  visit: Visit;
  browser: LinkBrowser;
}

/** Types an address at the login page of our realm and goes on from there as a person of the company does. */
export async function signInByAddress(realm: string, employee: Employee): Promise<Arrival> {
  const { url } = settingsFor(realm);
  const target = `${url}/realms/${realm}/account/`;
  const browser = new LinkBrowser((address) => address.startsWith(target));
  const start = new URL(`${url}/realms/${realm}/protocol/openid-connect/auth`);
  start.search = new URLSearchParams({
    client_id: 'account',
    redirect_uri: target,
    response_type: 'code',
    scope: 'openid',
  }).toString();
  const ours = (visit: Visit): boolean => new URL(visit.address).pathname.startsWith(`/realms/${realm}/`);
  const arrival = (visit: Visit): Arrival => ({
    at: visit.status === 0 ? 'application' : ours(visit) ? 'our page' : 'company',
    visit,
    browser,
  });
  const asked = await sendOn(
    browser,
    await browser.open(formOf(await browser.open(start.href)), { username: employee.email }),
  );
  if (asked.status === 0 || ours(asked)) return arrival(asked);
  const form = { username: employee.username, password: PASSWORD };
  return arrival(await sendOn(browser, await browser.open(formOf(asked), form)));
}

function formOf(visit: Visit): string {
  const action = formAction(visit);
  if (action === undefined) throw new Error(`There is no form at ${visit.address} (${visit.status}).`);
  return action;
}
