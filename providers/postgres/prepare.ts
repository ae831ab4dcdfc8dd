import { createHash } from 'node:crypto';
import { DatabaseError, escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { DatabaseTemplate } from '../../templates/template';
import { failure } from '../port/failures';
import type { ResourceKind, ResourceSecrets } from '../port/kind';
import { actingAs, batch } from './batch';
import { databaseUrl, withClient, type Cells, type Place } from './cells';
import { createDatabase } from './shares/create-database';
import {
  POOL_DATABASE,
  POOL_OWNER,
  POOL_ROLE,
  POOL_SCHEMA,
  SCHEMAS_CONNECT,
  SCHEMAS_DATABASE,
  sharedMark,
} from './shares/names';
import { findUnlimitedResources } from './verification/neighbours';
import { newPassword, scramVerifier } from './logins/scram';
import { prefixed } from './logins/secrets';
import { withoutFinalSemicolon } from './shares/schema-sql';
import type { SqlFiles } from './shares/sql-files';
import { notOurs } from './classify';

/** Spec of the probe tenant's own schema; besides it, the probe tenant has rows in the pool. */
export const PROBE_SPEC: Omit<DatabaseTemplate, 'schemaVersion'> = {
  isolation: 'schema',
  connectionLimit: 5,
  statementTimeoutSeconds: 10,
};

/** Change this whenever this file prepares cells differently, so that cells already prepared are prepared again. */
const RECIPE_VERSION = '1';

/** Databases of managed services that only the service itself can connect to, whatever their privileges say. */
const CLOSED_BY_SERVICE = ['rdsadmin', 'cloudsqladmin', 'azure_maintenance', 'azure_sys'];

/** Connections and SQL for preparing a cell. */
export interface Tools {
  cells: Cells;
  sql: SqlFiles;
}

/** The probe tenant's kinds, in the order in which they are made. */
export interface ProbeKinds {
  pooled: ResourceKind<DatabaseTemplate>;
  schema: ResourceKind<DatabaseTemplate>[];
}

/**
 * Makes the objects that a cell's tenants share: databases, shared tables, roles and the probe tenant. Idempotent and safe to run from
 * several workers at once; with nothing to do it costs two queries and one login. Resolves with one sentence for each shared resource that
 * the server's owner has left unlimited. Throws `ResourceNotOurs` if an object that is not ours has one of the names, and `ProviderRefused`
 * if the server lets every login into a database that this program may not close.
 */
export async function prepareCell(
  { cells, sql }: Tools,
  at: { region: string; cell: string },
  secrets: ResourceSecrets,
  probe: ProbeKinds,
): Promise<string[]> {
  const place = { ...at, signal: AbortSignal.timeout(120_000) };
  const done = sharedMark(`prepared=${recipeHash(sql)}`);
  if (!(await isPrepared(cells, place, done, secrets)))
    await prepareShared({ cells, sql }, place, done, { secrets, probe });
  return checkLimits(cells, place);
}

/** One sentence for each shared resource that one tenant could exhaust. Refuses the cell if its settings have `requireBounds`. */
async function checkLimits(cells: Cells, place: Place): Promise<string[]> {
  const open = (await findUnlimitedResources(cells, place)).map(
    (words) => `Cell ${place.cell} of ${place.region}: ${words}`,
  );
  if (open.length > 0 && cells.settings(place.region, place.cell).requireBounds === true)
    throw failure('ProviderRefused', `One tenant could exhaust resources that its neighbours share. ${open.join(' ')}`);
  return open;
}

async function prepareShared(
  { cells, sql }: Tools,
  place: Place,
  done: string,
  { secrets, probe }: { secrets: ResourceSecrets; probe: ProbeKinds },
): Promise<void> {
  const maintenance = cells.maintenanceDatabase(place);

  const { url } = cells.settings(place.region, place.cell);
  await withClient(databaseUrl(url, { database: maintenance }), place.signal, async (client) => {
    // Held until the connection closes. A second worker waits here and then finds the cell prepared.
    await client.query(`set lock_timeout = '60s'; set statement_timeout = '60s'`);
    await client.query(`select pg_advisory_lock(hashtextextended('tenant-provisioner/prepare', 0))`);
    if (await isPrepared(cells, place, done, secrets)) return;
    await assertClosed(client, place);
    await ensureRole(client, POOL_OWNER, 'nologin');
    await ensureRole(client, SCHEMAS_CONNECT, 'nologin');
    await ensureRole(client, POOL_ROLE, 'login');
    await client.query(`grant ${POOL_OWNER} to current_user`);
    await ensureDatabase(client, POOL_DATABASE, POOL_ROLE);
    await ensureDatabase(client, SCHEMAS_DATABASE, SCHEMAS_CONNECT);
    const verifier = scramVerifier(await secrets.obtain(POOL_ROLE, newPassword));
    await client.query(`alter role ${POOL_ROLE} password ${escapeLiteral(verifier)}`);
    await sharedTables({ cells, sql }, place);
    await probeTenant(sql, place, secrets, probe);
    await batch(
      client,
      [POOL_DATABASE, SCHEMAS_DATABASE].map((name) => `comment on database ${name} is ${escapeLiteral(done)}`),
    );
  });
}

/** A short hash of everything that `prepareCell` makes; it is stored as the mark of a prepared cell. */
function recipeHash(sql: SqlFiles): string {
  const versions = sql.versions('pool').map((version) => sql.load('pool', version, POOL_VARIABLES));
  return createHash('sha256')
    .update([RECIPE_VERSION, PROBE_TENANT_ID, ...versions].join('\n'))
    .digest('hex')
    .slice(0, 12);
}

const POOL_VARIABLES = { schema: POOL_SCHEMA, owner: POOL_OWNER, app: POOL_ROLE };

/** Whether the cell has the current mark and the stored password still works. Costs one query and one login. */
async function isPrepared(cells: Cells, place: Place, done: string, secrets: ResourceSecrets): Promise<boolean> {
  const password = await secrets.read(POOL_ROLE);
  if (password === undefined) return false;
  const marked = await cells.run(place, cells.maintenanceDatabase(place), async (client) => {
    const { rows } = await client.query<{ comment: string | null }>(
      `select shobj_description(oid, 'pg_database') as comment from pg_database where datname = any ($1)`,
      [[POOL_DATABASE, SCHEMAS_DATABASE]],
    );
    return rows.length === 2 && rows.every(({ comment }) => comment === done);
  });
  if (!marked) return false;
  const { url } = cells.settings(place.region, place.cell);
  const login = databaseUrl(url, { database: POOL_DATABASE, user: POOL_ROLE, password });
  return withClient(login, place.signal, () => Promise.resolve(true)).catch((error: unknown) => {
    if (error instanceof DatabaseError && error.code === '28P01') return false;
    throw error;
  });
}

/** Closes every database of the server to PUBLIC, because otherwise each tenant's login could connect to it. */
async function assertClosed(client: ClientBase, at: { region: string; cell: string }): Promise<void> {
  const { rows } = await client.query<{ name: string; own: boolean }>(
    `select datname::text as name, pg_has_role(datdba, 'usage') as own from pg_database
     where datallowconn and has_database_privilege('public', oid, 'connect') and datname <> all ($1)`,
    [CLOSED_BY_SERVICE],
  );
  for (const { name, own } of rows)
    if (own) await client.query(`revoke connect on database ${escapeIdentifier(name)} from public`);
  const open = rows.filter(({ own }) => !own).map(({ name }) => escapeIdentifier(name));
  if (open.length === 0) return;
  throw failure(
    'ProviderRefused',
    `Cell ${at.cell} of ${at.region} lets every login connect to ${open.join(', ')}. As the owner, run: ` +
      `revoke connect on database ${open.join(', ')} from public; and grant connect to the roles that need it, including this program's login.`,
  );
}

async function ensureRole(client: ClientBase, name: string, attributes: string): Promise<void> {
  const { rows } = await client.query<{ comment: string | null }>(
    `select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1`,
    [name],
  );
  const [role] = rows;
  if (role && role.comment !== sharedMark()) throw notOurs('role', name);
  await batch(client, [
    `${role ? 'alter' : 'create'} role ${name} ${attributes}`,
    `comment on role ${name} is ${escapeLiteral(sharedMark())}`,
  ]);
}

async function ensureDatabase(client: ClientBase, name: string, mayConnect: string): Promise<void> {
  const { rows } = await client.query<{ own: boolean }>(
    `select pg_has_role(datdba, 'usage') as own from pg_database where datname = $1`,
    [name],
  );
  if (rows[0]?.own === false)
    throw failure(
      'ResourceNotOurs',
      `PostgreSQL has a database ${name} that belongs to another owner. It was left alone; find out whose it is.`,
    );
  if (rows.length === 0) await createDatabase(client, name);
  await batch(client, [
    `revoke all on database ${name} from public`,
    `grant connect on database ${name} to ${mayConnect}`,
    `alter database ${name} allow_connections true`,
    `comment on database ${name} is ${escapeLiteral(sharedMark())}`,
  ]);
}

/** Applies the missing versions of the shared tables' SQL; the schema's comment says which version is installed. */
async function sharedTables({ cells, sql }: Tools, place: Place): Promise<void> {
  const newest = sql.newest('pool');
  await cells.run(place, SCHEMAS_DATABASE, (client) => client.query('revoke all on schema public from public'));
  await cells.run(place, POOL_DATABASE, async (client) => {
    const { rows } = await client.query<{ version: string | null }>(
      `select substring(obj_description(oid, 'pg_namespace') from 'version=(\\d+)$') as version from pg_namespace where nspname = $1`,
      [POOL_SCHEMA],
    );
    const version = rows[0]?.version ?? undefined;
    // A worker of an earlier release leaves newer tables alone.
    if (version !== undefined && version >= newest) return;
    await batch(client, [
      'revoke all on schema public from public',
      ...(rows.length === 0 ? [`create schema ${POOL_SCHEMA} authorization ${POOL_OWNER}`] : []),
      ...actingAs(POOL_OWNER, [
        withoutFinalSemicolon(sql.load('pool', newest, POOL_VARIABLES, version)),
        `comment on schema ${POOL_SCHEMA} is ${escapeLiteral(sharedMark(`version=${newest}`))}`,
      ]),
    ]);
  });
}

async function probeTenant(sql: SqlFiles, place: Place, secrets: ResourceSecrets, probe: ProbeKinds): Promise<void> {
  const spec = { ...PROBE_SPEC, schemaVersion: sql.newest('tenant') };
  for (const kind of [probe.pooled, ...probe.schema]) {
    const context = {
      ...place,
      tenantId: PROBE_TENANT_ID,
      operationId: 'prepare',
      name: kind.name(PROBE_TENANT_ID),
      spec,
      id: undefined,
      intendedAt: new Date(),
      idempotencyKey: `prepare:${kind.kind}`,
      secrets: prefixed(secrets, `${PROBE_TENANT_ID}/${kind.kind}/`),
    };
    await kind.create(context);
  }
}
