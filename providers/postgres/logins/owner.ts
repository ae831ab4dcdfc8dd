import { escapeIdentifier } from 'pg';
import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceKind } from '../../port/kind';
import { batch, lockTenant } from '../batch';
import type { Cells } from '../cells';
import { isMarked, ownerRole } from '../shares/names';
import { assertOursRole, dropRole, findRole, listRoles, markRole } from './roles';

/** The role that owns a tenant's objects. It cannot log in, and none of the tenant's roles can assume it. Made first, removed last. */
export function ownerKind(cells: Cells): ResourceKind<DatabaseTemplate> {
  return {
    kind: 'postgres-owner',
    provider: 'postgres',
    actsOnce: true,
    name: ownerRole,
    find: async (context) => {
      const role = await findRole(cells, context, context.name);
      if (!role) return { state: 'absent' };
      return isMarked(role.comment, context.tenantId)
        ? { state: 'present', id: `${context.cell}/${context.name}` }
        : { state: 'foreign' };
    },
    create: async (context) => {
      const { name, tenantId } = context;
      const role = await findRole(cells, context, name);
      assertOursRole(role, name, tenantId);
      if (!role)
        await cells.run(context, cells.maintenanceDatabase(context), (client) =>
          batch(client, [
            lockTenant(tenantId),
            `create role ${escapeIdentifier(name)} nologin`,
            markRole(name, tenantId),
          ]),
        );
      return { id: `${context.cell}/${name}` };
    },
    remove: (context) => dropRole(cells, context),
    list: (region, signal) => listRoles(cells, region, 'owner', signal),
  };
}
