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

/** Everyone whose claim (SAML: attribute) has this value, or whose list of values contains it, is in the group from their next login on. */
export interface GroupRule {
  claim: string;
  value: string;
  /** A group of the plan. */
  group: string;
}

/** A company's SAML 2.0 identity provider, from its metadata. */
export interface SamlProvider {
  entityId: string;
  signOnUrl: string;
  /** How our request reaches it: SAML 2.0 Bindings §3.4 and §3.5. */
  binding: 'post' | 'redirect';
  /** The certificates of its signatures, in base64. */
  certificates: string[];
}

/** Who signs in, and in which groups they are then. */
export interface SsoMembers {
  /** Proved domains of the tenant: who has an address in them signs in at the company, and nobody else does. */
  domains: string[];
  /** Groups of the plan in which everyone is. */
  groups: string[];
  rules: GroupRule[];
}

/** How we are a client of an OpenID provider. */
export interface OidcClient {
  protocol: 'oidc';
  endpoints: OidcEndpoints;
  clientId: string;
}

/** How we are a service provider of a SAML identity provider. */
export interface SamlService {
  protocol: 'saml';
  saml: SamlProvider;
  /** Where its metadata are read again every day; absent if they were given as XML. */
  metadataUrl?: string | undefined;
}

/** Why metadata that were read again cannot be used. `other-entity`: they name another entity id than those from before. */
export const METADATA_PROBLEMS = ['unreadable', 'other-entity'] as const;

/** One of {@link METADATA_PROBLEMS}. */
export type MetadataProblem = (typeof METADATA_PROBLEMS)[number];

/** How the people of a tenant sign in at their company. Holds no secret. */
export type SsoSettings = SsoMembers & (OidcClient | SamlService);

/** A connection by OpenID Connect, with the client's secret. */
export type OidcConnection = SsoMembers & OidcClient & { clientSecret: string };

/** A connection by SAML 2.0, which has no secret. */
export type SamlConnection = SsoMembers & SamlService;

/** {@link SsoSettings} with what is secret in them, as they are sealed and as the provider gets them. */
export type SsoConnection = OidcConnection | SamlConnection;

/** What may be shown of a connection, and kept unsealed. */
export function withoutSecret(connection: SsoConnection): SsoSettings {
  if (connection.protocol === 'saml') return connection;
  const { clientSecret: _, ...settings } = connection;
  return settings;
}

/** The groups that these rules give to a person with these claims, in the order of the rules. */
export function groupsByRules(
  { groups, rules }: Pick<SsoMembers, 'groups' | 'rules'>,
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
