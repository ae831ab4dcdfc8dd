import type KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import pLimit from 'p-limit';
import type { MemberChange } from '../../port/directory';
import { orAbsent } from '../answers';
import { findProvisioned } from './people';

/** Requests to Keycloak that are under way at the same time for one change. */
const AT_ONCE = 8;

/** Adds people of the tenant to a group and takes others out. Nothing is changed if one of those to be added is not in the directory. */
export async function changeMembers(
  client: KeycloakAdminClient,
  tenantId: string,
  groupId: string,
  { add, remove }: MemberChange,
): Promise<'changed' | 'no-such-person'> {
  const limit = pLimit(AT_ONCE);
  const known = (ids: readonly string[]) =>
    Promise.all(ids.map((id) => limit(() => findProvisioned(client, tenantId, id))));
  const added = await known(add);
  if (added.includes(undefined)) return 'no-such-person';
  // Someone outside the directory is never touched, not even to take them out of its groups.
  const removed = (await known(remove)).filter((account) => account !== undefined);
  await Promise.all([
    ...add.map((id) => limit(() => client.users.addToGroup({ id, groupId }))),
    ...removed.map(({ id }) => limit(() => orAbsent(client.users.delFromGroup({ id, groupId })))),
  ]);
  return 'changed';
}
