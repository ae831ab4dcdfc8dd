import { createHash } from 'node:crypto';
import type { Principal } from '../access/auth';
import { ROLES, type Role } from '../access/roles';
import type { StaffSettings } from './settings';

/** A person as the issuer describes it, with the roles that follow from its groups. */
export interface Person extends Principal {
  /** The issuer's own id of the person (`sub`), which never changes. */
  subject: string;
}

/** Claims about a person: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims */
export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

// Ids get into audit trails, which can never be deleted, and into logs: none of these can hold an e-mail address.
const USERNAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9._|:-]{0,127}$/;

const LONGEST_NAME = 100;

/**
 * The person that these claims describe. Its id is `user:` and the user name; or the subject if the user name is an e-mail address or has
 * other unusual characters; or a hash of the subject if the same is true of that. Groups that are not configured give no roles.
 */
export function personOf(
  claims: Claims,
  { groupsClaim, usernameClaim, roles }: Pick<StaffSettings, 'groupsClaim' | 'usernameClaim' | 'roles'>,
): Person {
  const { sub } = claims;
  const id = [usernameOf(claims[usernameClaim], usernameClaim), subjectOf(sub)].find((each) => each !== undefined)!;
  const held = new Set(groupsOf(claims[groupsClaim]).flatMap((group) => roles.get(group) ?? []));
  return {
    subject: sub,
    id: `user:${id}`,
    name: nameOf(claims['name']) ?? id,
    roles: (Object.keys(ROLES) as Role[]).filter((role) => held.has(role)),
  };
}

function usernameOf(value: unknown, claim: string): string | undefined {
  if (claim === 'sub') return undefined;
  return typeof value === 'string' && USERNAME.test(value) ? value : undefined;
}

function subjectOf(sub: string): string {
  return SUBJECT.test(sub) ? sub : createHash('sha256').update(sub).digest('base64url').slice(0, 22);
}

/** A list of names; some issuers send a single name as text. */
function groupsOf(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return values.filter((each) => typeof each === 'string');
}

/** A name to show, without control and direction characters; undefined if there is none, or if it is an e-mail address. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const name = [...value.replaceAll(/\p{C}/gu, '').trim()].slice(0, LONGEST_NAME).join('');
  return name === '' || name.includes('@') ? undefined : name;
}
