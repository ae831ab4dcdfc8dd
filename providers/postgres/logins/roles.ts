import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Listed, ResourceContext } from '../../port/kind';
import { asMemberOf, batch, lockTenant } from '../batch';
import type { Cells, Place } from '../cells';
import { closedMark, isMarked, mark, ownerRole } from '../shares/names';
import { PROBE_TENANT_ID, tenantIdOf } from '../../../contract/ids';
import { notOurs } from '../classify';

/** A role, as recorded in the server's catalogue. */
export interface Role {
  comment: string | null;
  canLogin: boolean;
  /** Databases in which it owns objects or has been granted something. */
  databases: string[];
}

/** The role of this name, or undefined. */
export async function findRole(cells: Cells, place: Place, name: string): Promise<Role | undefined> {
  return cells.run(place, cells.maintenanceDatabase(place), async (client) => {
    const { rows } = await client.query<Role>(
      `select shobj_description(r.oid, 'pg_authid') as comment, r.rolcanlogin as "canLogin",
         array(select distinct d.datname::text from pg_shdepend s join pg_database d on d.oid = s.dbid
               where s.refclassid = 'pg_authid'::regclass and s.refobjid = r.oid) as databases
       from pg_roles r where r.rolname = $1`,
      [name],
    );
    return rows[0];
  });
}

/** Marks a role as ours, or as ours and closed. Must run in the transaction that creates, closes or opens the role. */
export function markRole(role: string, tenantId: string, closed = false): string {
  const comment = closed ? closedMark(tenantId) : mark(tenantId);
  return `comment on role ${escapeIdentifier(role)} is ${escapeLiteral(comment)}`;
}

/** Throws `ResourceNotOurs` for a role that lacks our mark. */
export function assertOursRole(role: Role | undefined, name: string, tenantId: string): void {
  if (role && !isMarked(role.comment, tenantId)) throw notOurs('role', name);
}

/**
 * Ends the role's sessions, drops its objects and grants in every database, then the role. Succeeds if the role is absent, and leaves a
 * role without our mark alone.
 */
export async function dropRole(cells: Cells, context: ResourceContext): Promise<void> {
  const { name, tenantId } = context;
  const role = await findRole(cells, context, name);
  if (!role || !isMarked(role.comment, tenantId)) return;
  const quoted = escapeIdentifier(name);
  const maintenance = cells.maintenanceDatabase(context);
  const owner = ownerRole(tenantId);
  if (name !== owner) await closeLogin(cells, context, { stays: false });
  // The owner is the grantor of the role's grants, so only members of the owner role can revoke them.
  const ownerExists = name !== owner && isMarked((await findRole(cells, context, owner))?.comment ?? null, tenantId);
  const drop = [`drop owned by ${quoted} cascade`];
  for (const database of role.databases)
    await cells.run(context, database, (client) =>
      batch(client, [lockTenant(tenantId), ...asMemberOf(name, ownerExists ? asMemberOf(owner, drop) : drop)]),
    );
  await cells.run(context, maintenance, (client) => client.query(`drop role if exists ${quoted}`));
}

/** Keeps a login from logging in and ends its sessions. It is marked as closed if it `stays`, and not if its removal has begun. */
export async function closeLogin(cells: Cells, context: ResourceContext, { stays }: { stays: boolean }): Promise<void> {
  const { name, tenantId } = context;
  await cells.run(context, cells.maintenanceDatabase(context), async (client) => {
    const endAll = (): Promise<void> => batch(client, [lockTenant(tenantId), ...asMemberOf(name, [endSessions(name)])]);
    // A session that has altered its own role in an open transaction would block the `alter role` below.
    await endAll();
    // Commits before the remaining sessions are ended, so that no new session can begin in between.
    await batch(client, [`alter role ${escapeIdentifier(name)} nologin`, markRole(name, tenantId, stays)]);
    await endAll();
  });
}

/** SQL that ends all sessions of a role and waits up to five seconds for each. */
function endSessions(role: string): string {
  return `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = ${escapeLiteral(role)}`;
}

/** Our roles with this ending in every cell of a region, except the probe tenant's. */
export async function* listRoles(
  cells: Cells,
  region: string,
  ending: string,
  signal: AbortSignal,
): AsyncIterable<Listed> {
  for (const { cell } of cells.of(region)) {
    const place = { region, cell, signal };
    const { rows } = await cells.run(place, cells.maintenanceDatabase(place), (client) =>
      client.query<{ name: string; comment: string | null }>(
        `select rolname as name, shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname ~ $1 order by 1`,
        [`^t_[a-z][a-z0-9]{15}_${ending}$`],
      ),
    );
    for (const { name, comment } of rows) {
      const tenantId = tenantIdOf(name);
      if (tenantId !== undefined && tenantId !== PROBE_TENANT_ID && isMarked(comment, tenantId))
        yield { tenantId, name, id: `${cell}/${name}`, cell };
    }
  }
}
