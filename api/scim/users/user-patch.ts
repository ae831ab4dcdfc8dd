import { withLowerCaseNames } from '../lower-case-names';
import type { PatchOperation } from '../patch';
import { emailOf, type UserValues } from './user-resource';

const SIMPLE: Record<string, keyof UserValues> = {
  username: 'userName',
  externalid: 'externalId',
  displayname: 'displayName',
  'name.givenname': 'name.givenName',
  'name.familyname': 'name.familyName',
  active: 'active',
};

/**
 * The values of a user after the operations. Operations on attributes that a directory does not keep change nothing: Microsoft Entra ID
 * sends many of them by default, and would stop provisioning if they were refused.
 */
export function patchUser(before: UserValues, operations: readonly PatchOperation[]): UserValues {
  const values = { ...before };
  for (const { op, path, value } of operations) {
    const given = op === 'remove' ? undefined : value;
    const simple = SIMPLE[path];
    if (simple !== undefined) values[simple] = given;
    else if (path === 'name') {
      const name = withLowerCaseNames(given) ?? {};
      const isKept = op !== 'remove';
      for (const [part, attribute] of [
        ['givenname', 'name.givenName'],
        ['familyname', 'name.familyName'],
      ] as const)
        if (part in name || !isKept) values[attribute] = name[part];
    } else if (path === 'emails' || path === 'emails.value') values.email = emailOf(given);
    else if (isWorkEmail(path)) values.email = emailOf(typeof given === 'object' ? given : [{ value: given }]);
  }
  return values;
}

/** `emails[type eq "work"].value` and `emails[primary eq true].value`, also without the last part. */
function isWorkEmail(path: string): boolean {
  return /^emails\[\s*(?:type eq "work"|primary eq "?true"?)\s*\](?:\.value)?$/.test(path);
}
