import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type IdentityProviderMapperRepresentation from '@keycloak/keycloak-admin-client/lib/defs/identityProviderMapperRepresentation';
import { dashName } from '../../../contract/ids';
import type { GroupRule, SsoSettings } from '../../../contract/identity/sso';
import { entriesOf, orAbsent } from '../answers';
import { marks } from '../marks';

/** A mapper as it is wanted, and the part of Keycloak's that is compared. */
type Mapper = Required<Pick<IdentityProviderMapperRepresentation, 'name' | 'identityProviderMapper'>> & {
  config: Record<string, string>;
};

/** Applied at every login, so that what was changed by hand or at the company is right again afterwards. */
const AT_EVERY_LOGIN = 'FORCE';
const AT_FIRST_LOGIN = 'IMPORT';

/** What differs between the protocols. */
interface Dialect {
  /** The name that the account has if the company's directory provisions this person by address. */
  accountName: string;
  ruleMapper(rule: GroupRule, config: Record<string, string>): Omit<Mapper, 'name'>;
  /** What Keycloak does not take over by itself. */
  more: Mapper[];
}

const OIDC: Dialect = {
  accountName: '${ALIAS}.${CLAIM.email}',
  ruleMapper: ({ claim, value }, config) => ({
    identityProviderMapper: 'oidc-advanced-group-idp-mapper',
    config: { ...config, claims: pairOf(claim, value), 'are.claim.values.regex': 'false' },
  }),
  more: [],
};

/** Names of attributes as Microsoft Entra ID, directories (RFC 2798) and Okta send them. */
const NAME_ATTRIBUTES = {
  firstName: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname', 'urn:oid:2.5.4.42', 'firstName'],
  lastName: ['http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname', 'urn:oid:2.5.4.4', 'lastName'],
};

const SAML: Dialect = {
  accountName: '${ALIAS}.${NAMEID}',
  ruleMapper: ({ claim, value }, config) => ({
    identityProviderMapper: 'saml-advanced-group-idp-mapper',
    config: { ...config, attributes: pairOf(claim, value), 'are.attribute.values.regex': 'false' },
  }),
  more: Object.entries(NAME_ATTRIBUTES).flatMap(([attribute, names]) =>
    names.map((name, index) => ({
      name: `${attribute}-${index}`,
      identityProviderMapper: 'saml-user-attribute-idp-mapper',
      config: { syncMode: AT_FIRST_LOGIN, 'attribute.name': name, 'user.attribute': attribute },
    })),
  ),
};

/** In names a dot leads into an object, unless it is escaped. */
function pairOf(key: string, value: string): string {
  return JSON.stringify([{ key: key.replaceAll('.', '\\.'), value }]);
}

/**
 * What a login through a tenant's identity provider does to the account: its name begins with the tenant's, so two customers' `alice` never
 * meet; it carries the tenant's marks; it is in the groups of the rules.
 * Source: Keycloak 26, `GET …/identity-provider/instances/{alias}/mapper-types`.
 */
export function mappersOf(tenantId: string, { groups, rules, protocol }: SsoSettings): Mapper[] {
  const path = (group: string): string => `/${dashName(tenantId)}/${group}`;
  const { accountName, ruleMapper, more } = protocol === 'saml' ? SAML : OIDC;
  return [
    {
      name: 'account-name',
      identityProviderMapper: `${protocol}-username-idp-mapper`,
      config: { syncMode: AT_FIRST_LOGIN, template: accountName, target: 'LOCAL' },
    },
    ...more,
    ...Object.entries(marks(tenantId)).map(([attribute, [value]]) => ({
      name: `mark-${attribute}`,
      identityProviderMapper: 'hardcoded-attribute-idp-mapper',
      config: { syncMode: AT_EVERY_LOGIN, attribute, 'attribute.value': value! },
    })),
    ...groups.map((group) => ({
      name: `group-${group}`,
      identityProviderMapper: 'oidc-hardcoded-group-idp-mapper',
      config: { syncMode: AT_EVERY_LOGIN, group: path(group) },
    })),
    ...rules.map((rule, index) => ({
      name: `rule-${index}`,
      ...ruleMapper(rule, { syncMode: AT_EVERY_LOGIN, group: path(rule.group) }),
    })),
  ];
}

/** Whether an identity provider has exactly these mappers. */
export async function hasMappers(
  client: KeycloakAdminClient,
  alias: string,
  wanted: readonly Mapper[],
): Promise<boolean> {
  const existing = await entriesOf(client.identityProviders.findMappers({ alias }));
  return existing.length === wanted.length && wanted.every((mapper) => existing.some((each) => isSame(each, mapper)));
}

/** Gives an identity provider exactly these mappers. */
export async function setMappers(client: KeycloakAdminClient, alias: string, wanted: readonly Mapper[]): Promise<void> {
  const existing = await entriesOf(client.identityProviders.findMappers({ alias }));
  for (const mapper of existing)
    if (!wanted.some((each) => isSame(mapper, each)))
      await orAbsent(client.identityProviders.delMapper({ alias, id: mapper.id! }));
  for (const mapper of wanted)
    if (!existing.some((each) => isSame(each, mapper)))
      await client.identityProviders.createMapper({
        alias,
        identityProviderMapper: { ...mapper, identityProviderAlias: alias },
      });
}

function isSame(existing: IdentityProviderMapperRepresentation, wanted: Mapper): boolean {
  const config = (existing.config ?? {}) as Record<string, unknown>;
  return (
    existing.name === wanted.name &&
    existing.identityProviderMapper === wanted.identityProviderMapper &&
    Object.entries(wanted.config).every(([key, value]) => config[key] === value)
  );
}
