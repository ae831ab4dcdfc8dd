import { z } from 'zod';
import type { Group, GroupDetails, Person } from '../../../providers/port/directory';
import { ScimError } from '../errors';
import { withLowerCaseNames } from '../lower-case-names';

/** Schema of groups, RFC 7643 §4.2. */
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** Most members that a group has, and that one request names. */
export const MOST_MEMBERS = 5000;

const text = z
  .string()
  .max(255, 'is longer than 255 characters')
  .regex(/^[^\p{Cc}]*$/u, 'has control characters');

const details = z.object({
  displayName: text.min(1, 'is missing'),
  externalId: z.preprocess((value) => (value === null || value === '' ? undefined : value), text.optional()),
});

/** A group as a client sends it. `members` is undefined if the body has none. */
export function groupOf(body: unknown): { details: GroupDetails; members: string[] | undefined } {
  const group = withLowerCaseNames(body);
  if (!group) throw new ScimError(400, 'The body must be a group: a JSON object.', 'invalidSyntax');
  const members = group['members'] === undefined ? undefined : memberIds(group['members']);
  return { details: groupDetails({ displayName: group['displayname'], externalId: group['externalid'] }), members };
}

/** Checks the values of a group. Throws `invalidValue` that names the attribute. */
export function groupDetails(values: { displayName?: unknown; externalId?: unknown }): GroupDetails {
  const parsed = details.safeParse(values);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue?.code === 'invalid_type' ? 'is missing or of the wrong type' : issue?.message;
  throw new ScimError(400, `The attribute ${issue?.path.join('.')} ${why}.`, 'invalidValue');
}

/** The ids in a list of members. */
export function memberIds(members: unknown): string[] {
  if (members === null) return [];
  const list: unknown[] = Array.isArray(members) ? members : [members];
  if (list.length > MOST_MEMBERS) throw new ScimError(413, `A request may name at most ${MOST_MEMBERS} members.`);
  const ids = list.map((member) => (typeof member === 'string' ? member : withLowerCaseNames(member)?.['value']));
  if (!ids.every((id) => typeof id === 'string'))
    throw new ScimError(400, 'Each member must have the id of a user as its value.', 'invalidValue');
  return [...new Set(ids)];
}

/** A group as a SCIM group. */
export function viewGroup(
  baseUrl: string,
  { id, displayName, externalId }: Group,
  members: readonly Person[] | undefined,
) {
  return {
    schemas: [GROUP_SCHEMA],
    id,
    externalId,
    meta: { resourceType: 'Group', location: `${baseUrl}/Groups/${id}` },
    displayName,
    members: members?.map((person) => ({
      value: person.id,
      type: 'User',
      $ref: `${baseUrl}/Users/${person.id}`,
    })),
  };
}
