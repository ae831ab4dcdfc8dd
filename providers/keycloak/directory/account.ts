import { createHash } from 'node:crypto';
import type UserRepresentation from '@keycloak/keycloak-admin-client/lib/defs/userRepresentation';
import { dashName } from '../../../contract/ids';
import type { Person, PersonDetails } from '../../port/directory';
import type { Account } from '../access/accounts';
import { DIRECTORY_ATTRIBUTE, isOurs, marks } from '../marks';

/** Attributes that keep what Keycloak has no field for. They are in the realm's user profile, or Keycloak would drop them silently. */
export const USER_NAME_ATTRIBUTE = 'directoryUserName';
export const EXTERNAL_ID_ATTRIBUTE = 'externalId';
export const DISPLAY_NAME_ATTRIBUTE = 'displayName';

/** Longest user name that is part of the account's name as it is. Keycloak's column has 255 characters. */
const LONGEST_PLAIN = 200;

/**
 * The account's name in the realm, which all tenants share: the tenant's name, a dot, and the lower-case user name. Keycloak keeps account
 * names unique, so two requests cannot create the same person twice, and two tenants' `alice` never meet. A user name with characters that
 * Keycloak refuses is replaced by its hash.
 */
export function accountName(tenantId: string, userName: string): string {
  const name = userName.normalize('NFC').toLowerCase();
  const isPlain = name.length <= LONGEST_PLAIN && /^[a-z0-9._@+-]+$/.test(name);
  const part = isPlain ? name : `sha256-${createHash('sha256').update(name).digest('hex')}`;
  return `${dashName(tenantId)}.${part}`;
}

/** Whether an account was provisioned for this tenant. */
export function isProvisionedFor(account: UserRepresentation, tenantId: string): boolean {
  return isOurs(account, tenantId) && valueOf(account, DIRECTORY_ATTRIBUTE) === tenantId;
}

/** The account of a person. Attributes of `existing` that the directory does not manage stay. */
export function accountOf(
  tenantId: string,
  { userName, externalId, displayName, givenName, familyName, email, active }: PersonDetails,
  existing?: Account,
): UserRepresentation {
  return {
    username: accountName(tenantId, userName),
    enabled: active,
    // Keycloak clears what a request with attributes leaves out, and refuses an empty address.
    ...(email === undefined ? {} : { email }),
    ...(givenName === undefined ? {} : { firstName: givenName }),
    ...(familyName === undefined ? {} : { lastName: familyName }),
    attributes: {
      ...(existing?.attributes as Record<string, string[]> | undefined),
      ...marks(tenantId),
      [DIRECTORY_ATTRIBUTE]: [tenantId],
      [USER_NAME_ATTRIBUTE]: [userName],
      [EXTERNAL_ID_ATTRIBUTE]: externalId === undefined ? [] : [externalId],
      [DISPLAY_NAME_ATTRIBUTE]: displayName === undefined ? [] : [displayName],
    },
  };
}

/** The person of an account. */
export function personOf(account: Account): Person {
  const { id, username = '', email, firstName, lastName, enabled, createdTimestamp } = account;
  return {
    id,
    userName: valueOf(account, USER_NAME_ATTRIBUTE) ?? username,
    externalId: valueOf(account, EXTERNAL_ID_ATTRIBUTE),
    displayName: valueOf(account, DISPLAY_NAME_ATTRIBUTE),
    givenName: firstName || undefined,
    familyName: lastName || undefined,
    email: email || undefined,
    active: enabled === true,
    createdAt: createdTimestamp === undefined ? undefined : new Date(createdTimestamp),
  };
}

function valueOf({ attributes }: UserRepresentation, name: string): string | undefined {
  const value: unknown = (attributes as Record<string, unknown> | undefined)?.[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' && first !== '' ? first : undefined;
}
