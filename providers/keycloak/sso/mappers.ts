import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import type IdentityProviderMapperRepresentation from '@keycloak/keycloak-admin-client/lib/defs/identityProviderMapperRepresentation';
import { dashName } from '../../../contract/ids';
import type { SsoSettings } from '../../../contract/identity/sso';
import { entriesOf, orAbsent } from '../answers';
import { marks } from '../marks';

/** A mapper as it is wanted, and the part of Keycloak's that is compared. */
type Mapper = Required<Pick<IdentityProviderMapperRepresentation, 'name' | 'identityProviderMapper'>> & {
  config: Record<string, string>;
};

/** Applied at every login, so that what was changed by hand or at the company is right again afterwards. */
const AT_EVERY_LOGIN = 'FORCE';
const AT_FIRST_LOGIN = 'IMPORT';

/**
 * What a login through a tenant's identity provider does to the account: its name begins with the tenant's, so two customers' `alice` never
 * meet; it carries the tenant's marks; it is in the groups of the rules.
 * Source: Keycloak 26, `GET …/identity-provider/instances/{alias}/mapper-types`.
 */
export function mappersOf(tenantId: string, { groups, rules }: Pick<SsoSettings, 'groups' | 'rules'>): Mapper[] {
  const path = (group: string): string => `/${dashName(tenantId)}/${group}`;
  return [
    {
      name: 'account-name',
      identityProviderMapper: 'oidc-username-idp-mapper',
      // The name that the account has if the company's directory provisions this person by address.
      config: { syncMode: AT_FIRST_LOGIN, template: '${ALIAS}.${CLAIM.email}', target: 'LOCAL' },
    },
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
    ...rules.map(({ claim, value, group }, index) => ({
      name: `rule-${index}`,
      identityProviderMapper: 'oidc-advanced-group-idp-mapper',
      config: {
        syncMode: AT_EVERY_LOGIN,
        claims: JSON.stringify([{ key: claim.replaceAll('.', '\\.'), value }]),
        'are.claim.values.regex': 'false',
        group: path(group),
      },
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
