import type { GroupDetails } from '../../../providers/port/directory';
import { ScimError } from '../errors';
import { groupDetails, memberIds } from './group-resource';
import type { PatchOperation } from '../patch';

/** What a PATCH request changes of a group. */
export interface GroupPatch {
  details: GroupDetails;
  /** True if the members so far are all replaced, by those in `add`. */
  replacesMembers: boolean;
  add: Set<string>;
  remove: Set<string>;
}

/**
 * What the operations change, without the members so far: a change of one member of a large group costs as much as one of a small group.
 * Operations on attributes that a directory does not keep change nothing.
 */
export function patchGroup(before: GroupDetails, operations: readonly PatchOperation[]): GroupPatch {
  const values: { displayName?: unknown; externalId?: unknown } = { ...before };
  const patch = { replacesMembers: false, add: new Set<string>(), remove: new Set<string>() };
  for (const { op, path, writtenPath, value } of operations) {
    if (path === 'displayname') values.displayName = op === 'remove' ? undefined : value;
    else if (path === 'externalid') values.externalId = op === 'remove' ? undefined : value;
    else if (path === 'members' || path.startsWith('members[')) changeMembers(patch, op, writtenPath, value);
  }
  return { ...patch, details: groupDetails(values) };
}

function changeMembers(
  patch: Omit<GroupPatch, 'details'>,
  op: PatchOperation['op'],
  writtenPath: string,
  value: unknown,
): void {
  const single = /^members\[\s*value\s+eq\s+"([^"]*)"\s*\]$/i.exec(writtenPath)?.[1];
  if (writtenPath.includes('[') && single === undefined)
    throw new ScimError(400, 'A path into members has the form members[value eq "id"].', 'invalidPath');
  const names = single !== undefined || (value !== undefined && value !== null);
  const ids = single === undefined ? memberIds(value ?? []) : [single];
  if (op === 'replace' || (op === 'remove' && !names)) {
    patch.replacesMembers = true;
    patch.add.clear();
    patch.remove.clear();
  }
  const [to, from] = op === 'remove' ? [patch.remove, patch.add] : [patch.add, patch.remove];
  for (const id of op === 'remove' && !names ? [] : ids) {
    to.add(id);
    from.delete(id);
  }
}
