import { randomUUID } from 'node:crypto';
import { DatabaseError, escapeIdentifier, type ClientBase } from 'pg';
import { failure } from '../../port/failures';
import type { Access } from '../../../contract/tenants/access';
import type { ResourceContext } from '../../port/kind';
import { batch, lockTenant } from '../batch';
import { databaseUrl, withClient, type Cells } from '../cells';
import { assertOursRole, closeLogin, findRole, markRole, type Role } from '../logins/roles';
import { PASSWORD } from '../logins/secrets';
import { SCHEMAS_DATABASE, schemaName } from '../shares/names';
import { accessFrom, tried } from './trials';

/**
 * Opens or closes a login. Only its right to log in changes: password, settings, grants and connection limit stay as they are. Closing ends
 * its sessions; throws `ProviderUnavailable` while one has not ended.
 */
export async function setLoginAccess(cells: Cells, context: ResourceContext, access: 'open' | 'closed'): Promise<void> {
  const { name, tenantId } = context;
  await findOwnRole(cells, context);
  if (access === 'closed') await closeLogin(cells, context, { stays: true });
  await cells.run(context, cells.maintenanceDatabase(context), async (client) => {
    if (access === 'closed') return assertNoSessions(client, name);
    await batch(client, [lockTenant(tenantId), `alter role ${escapeIdentifier(name)} login`, markRole(name, tenantId)]);
  });
}

async function assertNoSessions(client: ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1', [name]);
  if (rows.length === 0) return;
  const processes = rows.map(({ pid }) => pid).join(', ');
  throw failure(
    'ProviderUnavailable',
    `Login ${name} is closed, but sessions have not ended yet: processes ${processes}.`,
  );
}

/** The access that a connection with the stored password has. A login that is not made to write is open if it can read. */
export async function loginAccess(cells: Cells, context: ResourceContext, writes: boolean): Promise<Access> {
  const role = await findOwnRole(cells, context);
  try {
    const access = await triedAccess(cells, context, role);
    return access === 'read-only' && !writes ? 'open' : access;
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === 'may-not-log-in') return 'closed';
    // The server counts a role's connections after it has found the password correct and the login open.
    if (refusal === 'no-free-connection') return 'open';
    // The password is wrong if the login changed it before it was closed.
    if (refusal === 'wrong-password' && !role.canLogin) return 'closed';
    if (refusal === 'wrong-password')
      throw failure(
        'OutcomeUnknown',
        `Login ${context.name} does not take its stored password. The storage upkeep resets it.`,
        { cause: error },
      );
    throw error;
  }
}

async function triedAccess(cells: Cells, context: ResourceContext, role: Role): Promise<Access> {
  const { name, tenantId, region, cell, signal } = context;
  const schema = schemaName(tenantId);
  const password = await context.secrets.read(PASSWORD);
  const database = role.databases.find((each) => [SCHEMAS_DATABASE, schema].includes(each));
  if (password === undefined || database === undefined)
    throw failure('OutcomeUnknown', `Login ${name} has no ${password === undefined ? 'stored password' : 'grants'}.`);
  const url = databaseUrl(cells.settings(region, cell).url, { database, user: name, password });
  return withClient(url, signal, (client) => triedStatements(client, `${escapeIdentifier(schema)}.health_check`, name));
}

async function triedStatements(client: ClientBase, table: string, name: string): Promise<Access> {
  const id = `verify-${randomUUID()}`;
  // A session may change its default of read-only transactions, so the trial does.
  const permits = async (sql: string): Promise<boolean> =>
    (await tried(client, { before: 'set transaction read write', sql, values: [id] })) !== undefined;
  const trials = {
    read: await permits(`select from ${table} where id = $1`),
    insert: await permits(`insert into ${table} (id) values ($1)`),
    update: await permits(`update ${table} set written_at = written_at where id = $1`),
    delete: await permits(`delete from ${table} where id = $1`),
  };
  return accessFrom(trials, `Login ${name}`);
}

/** The role of a login that must be there and ours. */
async function findOwnRole(cells: Cells, context: ResourceContext): Promise<Role> {
  const { name, tenantId } = context;
  const role = await findRole(cells, context, name);
  assertOursRole(role, name, tenantId);
  if (!role) throw failure('OutcomeUnknown', `Cell ${context.cell} has no login ${name}.`);
  return role;
}

/** Function of the server that admits a role, after its password was found correct. It tells its refusals from all others of their codes. */
const ADMITS_ROLE = 'InitializeSessionUserId';

/** Why the server refused a connection; undefined for any other error. */
function refusalOf(error: unknown): 'may-not-log-in' | 'no-free-connection' | 'wrong-password' | undefined {
  if (!(error instanceof DatabaseError)) return undefined;
  if (error.code === '28P01') return 'wrong-password';
  if (error.routine !== ADMITS_ROLE) return undefined;
  if (error.code === '28000') return 'may-not-log-in';
  return error.code === '53300' ? 'no-free-connection' : undefined;
}
