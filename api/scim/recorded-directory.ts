import pLimit from 'p-limit';
import type pg from 'pg';
import { createQueues } from '../../contract/one-at-a-time';
import type { Directory, DirectoryCall } from '../../providers/port/directory';
import { appendAudit } from '../../registry/audit/trail';
import { transaction, type Queryable } from '../../registry/database';
import { withDirectoryTurn } from '../../registry/tenants/directory-turn';
import { outcomeUnknown } from './errors';

/** Most people whom this process creates at once, each of another tenant: each occupies a connection to the registry. */
const CREATIONS_AT_ONCE = 3;

/** A directory for the requests of one SCIM token. */
export type DirectoryFor = (keyId: string) => Directory;

type Detail = Record<string, string | readonly string[]>;

/**
 * The directory with an entry in the tenant's audit trail before each change, and one after it if it was made; entries have only ids. People of
 * a tenant are created one after another, in all processes together, so that there are never more than the plan allows.
 */
export function recordedDirectory(directory: Directory, pool: pg.Pool): DirectoryFor {
  const oneAtATime = createQueues();
  const creating = pLimit(CREATIONS_AT_ONCE);
  return (keyId) => {
    const append = async (
      db: Queryable,
      { tenantId }: DirectoryCall,
      action: string,
      detail: Detail,
    ): Promise<void> => {
      await appendAudit(db, { tenantId, actor: `scim-token:${keyId}`, action: `directory.${action}`, detail });
    };
    const announce = (call: DirectoryCall, action: string, detail: Detail = {}): Promise<void> =>
      transaction(pool, (client) => append(client, call, action, detail));
    /** Records what the provider has done; if that fails, the caller is not told that nothing was changed. */
    const confirm = (call: DirectoryCall, action: string, detail: Detail): Promise<void> =>
      announce(call, action, detail).catch(() => {
        throw outcomeUnknown();
      });

    return {
      people: {
        ...directory.people,
        create: async (call, details, plan) => {
          await announce(call, 'person-creating');
          let made: Awaited<ReturnType<Directory['people']['create']>> | undefined;
          const create = () =>
            withDirectoryTurn(pool, call.tenantId, async (client) => {
              made = await directory.people.create(call, details, plan);
              if (made.outcome === 'created')
                await append(client, call, 'person-created', { personId: made.person.id });
              return made;
            });
          return oneAtATime(call.tenantId, () => creating(create)).catch((error: unknown) => {
            throw made?.outcome === 'created' ? outcomeUnknown() : error;
          });
        },
        replace: async (call, id, details) => {
          const what = details.active ? 'person-chang' : 'person-deactivat';
          await announce(call, `${what}ing`, { personId: id });
          const made = await directory.people.replace(call, id, details);
          if (made.outcome === 'replaced') await confirm(call, `${what}ed`, { personId: id });
          return made;
        },
        remove: async (call, id) => {
          await announce(call, 'person-removing', { personId: id });
          const removed = await directory.people.remove(call, id);
          if (removed) await confirm(call, 'person-removed', { personId: id });
          return removed;
        },
      },
      groups: {
        ...directory.groups,
        create: async (call, details) => {
          await announce(call, 'group-creating');
          const made = await directory.groups.create(call, details);
          if (made.outcome === 'created') await confirm(call, 'group-created', { groupId: made.group.id });
          return made;
        },
        replace: async (call, id, details) => {
          await announce(call, 'group-changing', { groupId: id });
          const made = await directory.groups.replace(call, id, details);
          if (made.outcome === 'replaced') await confirm(call, 'group-changed', { groupId: id });
          return made;
        },
        remove: async (call, id) => {
          await announce(call, 'group-removing', { groupId: id });
          const removed = await directory.groups.remove(call, id);
          if (removed) await confirm(call, 'group-removed', { groupId: id });
          return removed;
        },
        changeMembers: async (call, id, { add, remove }) => {
          const detail = { groupId: id, added: add, removed: remove };
          await announce(call, 'members-changing', detail);
          const outcome = await directory.groups.changeMembers(call, id, { add, remove });
          if (outcome === 'changed') await confirm(call, 'members-changed', { groupId: id });
          return outcome;
        },
      },
    };
  };
}
