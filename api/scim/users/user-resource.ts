import { z } from 'zod';
import type { Person, PersonDetails } from '../../../providers/port/directory';
import { ScimError } from '../errors';
import { withLowerCaseNames } from '../lower-case-names';

/** Schema of users, RFC 7643 §4.1. */
export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';

/** The attributes that a directory keeps, by their path in a user. Anything else that a client sends is ignored, as RFC 7644 §3.3 allows. */
export interface UserValues {
  userName?: unknown;
  externalId?: unknown;
  displayName?: unknown;
  'name.givenName'?: unknown;
  'name.familyName'?: unknown;
  email?: unknown;
  active?: unknown;
}

/** Longest text, in UTF-16 code units: the columns of the identity provider. */
const LONGEST = 255;

const text = z
  .string()
  .max(LONGEST, `is longer than ${LONGEST} characters`)
  .regex(/^[^\p{Cc}]*$/u, 'has control characters');
// A client clears an attribute with null or an empty text.
const optional = z.preprocess((value) => (value === null || value === '' ? undefined : value), text.optional());

const details = z.object({
  userName: text.min(1, 'is missing').refine((name) => name.trim() === name, 'begins or ends with a space'),
  externalId: z.preprocess(
    (value) => (value === null || value === '' ? undefined : value),
    text.regex(/^[^"\\]*$/, 'has a quotation mark or a backslash').optional(),
  ),
  displayName: optional,
  'name.givenName': optional,
  'name.familyName': optional,
  email: optional,
  active: z.preprocess(booleanOf, z.boolean()).optional(),
});

/** Microsoft Entra ID sends the texts "True" and "False". */
function booleanOf(value: unknown): unknown {
  if (value === null) return undefined;
  if (typeof value !== 'string') return value;
  const word = value.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : value;
}

/** The values in a user as a client sends it. Names of attributes have no case, RFC 7643 §2.1. Undefined for anything but an object. */
export function valuesOf(body: unknown): UserValues {
  const user = withLowerCaseNames(body);
  if (!user) throw new ScimError(400, 'The body must be a user: a JSON object.', 'invalidSyntax');
  const name = withLowerCaseNames(user['name']) ?? {};
  return {
    userName: user['username'],
    externalId: user['externalid'],
    displayName: user['displayname'],
    'name.givenName': name['givenname'],
    'name.familyName': name['familyname'],
    email: emailOf(user['emails']),
    active: user['active'],
  };
}

/** The one e-mail address of a person that is kept: the primary one, otherwise the one for work, otherwise the first. */
export function emailOf(emails: unknown): unknown {
  if (typeof emails === 'string') return emails;
  const list = (Array.isArray(emails) ? emails : [emails])
    .map(withLowerCaseNames)
    .filter((entry) => entry !== undefined);
  const chosen =
    list.find(({ primary }) => booleanOf(primary) === true) ?? list.find(({ type }) => type === 'work') ?? list[0];
  return chosen?.['value'];
}

/** Checks the values of a user. Throws `invalidValue` that names the attribute. A user is active unless the client says otherwise. */
export function detailsOf(values: UserValues): PersonDetails {
  const parsed = details.safeParse(values);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const name = issue?.path.join('.') === 'email' ? 'emails.value' : issue?.path.join('.');
    const why = issue?.code === 'invalid_type' ? 'is missing or of the wrong type' : issue?.message;
    throw new ScimError(400, `The attribute ${name} ${why}.`, 'invalidValue');
  }
  const { 'name.givenName': givenName, 'name.familyName': familyName, active = true, ...rest } = parsed.data;
  return { ...rest, givenName, familyName, active };
}

/** The values of a person, for changes. */
export function valuesOfPerson({ givenName, familyName, ...person }: Person): UserValues {
  const { userName, externalId, displayName, email, active } = person;
  return {
    userName,
    externalId,
    displayName,
    'name.givenName': givenName,
    'name.familyName': familyName,
    email,
    active,
  };
}

/** A person as a SCIM user. */
export function viewUser(baseUrl: string, person: Person) {
  const { id, userName, externalId, displayName, givenName, familyName, email, active, createdAt } = person;
  const hasName = givenName !== undefined || familyName !== undefined;
  return {
    schemas: [USER_SCHEMA],
    id,
    externalId,
    meta: { resourceType: 'User', created: createdAt?.toISOString(), location: `${baseUrl}/Users/${id}` },
    userName,
    displayName,
    name: hasName ? { familyName, givenName } : undefined,
    emails: email === undefined ? undefined : [{ value: email, type: 'work', primary: true }],
    active,
  };
}
