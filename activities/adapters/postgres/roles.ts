import { escapeIdentifier, escapeLiteral } from 'pg';
import { failure } from '../../failures';
import type { Listed, ResourceContext } from '../../kind';
import { asMemberOf, batch, lockTenant } from './batch';
import type { Cells, Place } from './cells';
import { isMarked, mark, ownerRole } from './names';
import { PROBE_TENANT_ID, tenantIdOf } from '../../../contract/ids';

/** A role as the server's catalogue shows it. */
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

/** What makes a role ours; always in the transaction that creates it. */
export function markRole(role: string, tenantId: string): string {
  return `comment on role ${escapeIdentifier(role)} is ${escapeLiteral(mark(tenantId))}`;
}

/** Throws `ResourceNotOurs` for a role that lacks our mark. */
export function assertOursRole(role: Role | undefined, name: string, tenantId: string): void {
  if (role && !isMarked(role.comment, tenantId))
    throw failure('ResourceNotOurs', `PostgreSQL has a role ${name} that this program did not make. Look at it there.`);
}

/**
 * Ends the role's sessions, drops what it owns and its grants in every database, then the role. Absent is a success; a role without our
 * mark is left alone.
 */
export async function dropRole(cells: Cells, context: ResourceContext): Promise<void> {
  const { name, tenantId } = context;
  const role = await findRole(cells, context, name);
  if (!role || !isMarked(role.comment, tenantId)) return;
  const quoted = escapeIdentifier(name);
  const maintenance = cells.maintenanceDatabase(context);
  if (role.canLogin)
    await cells.run(context, maintenance, async (client) => {
      const endAll = (): Promise<void> =>
        batch(client, [lockTenant(tenantId), ...asMemberOf(name, [endSessions(name)])]);
      // A session that is changing its own role in a transaction would keep the next statement waiting for ever.
      await endAll();
      // Committed before the rest is ended, so that no new session begins meanwhile.
      await client.query(`alter role ${quoted} nologin`);
      await endAll();
    });
  // Grants are recorded as the owner's, and only its members can take them back.
  const owner = ownerRole(tenantId);
  const ownerExists = name !== owner && isMarked((await findRole(cells, context, owner))?.comment ?? null, tenantId);
  const drop = [`drop owned by ${quoted} cascade`];
  for (const database of role.databases)
    await cells.run(context, database, (client) =>
      batch(client, [lockTenant(tenantId), ...asMemberOf(name, ownerExists ? asMemberOf(owner, drop) : drop)]),
    );
  await cells.run(context, maintenance, (client) => client.query(`drop role if exists ${quoted}`));
}

/** Ends all sessions of a role and waits up to five seconds for it. */
function endSessions(role: string): string {
  return `select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename = ${escapeLiteral(role)}`;
}

/** Our roles with this ending in every cell of a region, the probe tenant's apart. */
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
