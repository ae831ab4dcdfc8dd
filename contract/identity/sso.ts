/** The kind of resource that a tenant's single sign-on is in the ledger, and under which its connections are sealed. */
export const SSO_KIND = 'idp-sso';

/** How we prove to the customer's identity provider who we are: RFC 6749 §2.3.1. */
export const CLIENT_AUTHENTICATIONS = ['client_secret_basic', 'client_secret_post'] as const;

/** One of {@link CLIENT_AUTHENTICATIONS}. */
export type ClientAuthentication = (typeof CLIENT_AUTHENTICATIONS)[number];

/** Where an OpenID provider answers, from its discovery document (OpenID Connect Discovery 1.0 §3). */
export interface OidcEndpoints {
  issuer: string;
  authorizationUrl: string;
  tokenUrl: string;
  jwksUrl: string;
  userInfoUrl?: string | undefined;
  logoutUrl?: string | undefined;
  clientAuthentication: ClientAuthentication;
}

/** Everyone whose claim has this value, or whose list of values contains it, is in the group from their next login on. */
export interface GroupRule {
  claim: string;
  value: string;
  /** A group of the plan. */
  group: string;
}

/** How the people of a tenant sign in at their company. Holds no secret. */
export interface SsoSettings {
  endpoints: OidcEndpoints;
  clientId: string;
  /** Proved domains of the tenant: who has an address in them signs in at the company, and nobody else does. */
  domains: string[];
  /** Groups of the plan in which everyone is. */
  groups: string[];
  rules: GroupRule[];
}

/** {@link SsoSettings} with the client's secret, as it is sealed and as the provider gets it. */
export interface SsoConnection extends SsoSettings {
  clientSecret: string;
}

/** The groups that these rules give to a person with these claims, in the order of the rules. */
export function groupsByRules(
  { groups, rules }: Pick<SsoSettings, 'groups' | 'rules'>,
  claims: Readonly<Record<string, unknown>>,
): string[] {
  const given = rules.filter(({ claim, value }) => valuesOf(claims[claim]).includes(value)).map(({ group }) => group);
  return [...new Set([...groups, ...given])];
}

function valuesOf(claim: unknown): string[] {
  return (Array.isArray(claim) ? claim : [claim])
    .filter((value) => ['string', 'number', 'boolean'].includes(typeof value))
    .map(String);
}
