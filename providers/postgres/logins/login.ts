import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceContext, ResourceKind } from '../../port/kind';
import { actingAs, asMemberOf, batch, lockTenant } from '../batch';
import { inSchema } from '../catalogue';
import type { Cells } from '../cells';
import { loginAccess, setLoginAccess } from '../access/login-access';
import { driftOf, type Drift } from './login-drift';
import {
  appRole,
  AUDIT_LOG,
  isClosedMark,
  isMarked,
  ownerRole,
  readonlyRole,
  SCHEMAS_CONNECT,
  SCHEMAS_DATABASE,
  schemaName,
} from '../shares/names';
import { assertOursRole, dropRole, findRole, listRoles, markRole } from './roles';
import { newPassword, scramVerifier } from './scram';
import { PASSWORD } from './secrets';

/** What distinguishes a tenant's two logins. */
interface Profile {
  kind: string;
  ending: string;
  role(tenantId: string): string;
  /** Privileges on every table except the audit log. */
  privileges: string;
  /** Whether the login inserts rows and so needs the sequences. */
  writes: boolean;
  readOnlyMeans: 'open' | 'closed';
  settings: Record<string, string>;
}

const APP: Profile = {
  kind: 'postgres-login',
  ending: 'app',
  role: appRole,
  privileges: 'select, insert, update, delete',
  writes: true,
  readOnlyMeans: 'closed',
  settings: {},
};

const READONLY: Profile = {
  kind: 'postgres-readonly',
  ending: 'readonly',
  role: readonlyRole,
  privileges: 'select',
  writes: false,
  readOnlyMeans: 'open',
  settings: { default_transaction_read_only: 'on' },
};

/** Kind of a login. PostgreSQL lets every role change its own password and settings, so these can drift. */
export interface LoginKind extends ResourceKind<DatabaseTemplate> {
  /**
   * The properties that have changed since `create`, which resets them. Empty if the login is missing or closed, or its password is
   * unknown.
   */
  drift(context: ResourceContext<DatabaseTemplate>): Promise<Drift[]>;
}

/**
 * The application's login for a tenant with its own schema or database. Its secret is `password`. Read-only means closed for it: the
 * tenant's data can then be read with the read-only login. Taking its write privileges away instead would have to name every table, and
 * giving them back would have to know which ones it had.
 */
export function appLoginKind(cells: Cells): LoginKind {
  return loginKind(cells, APP);
}

/** The tenant's read-only login, for reports and exports. Its secret is `password`. Read-only means open for it. */
export function readonlyLoginKind(cells: Cells): LoginKind {
  return loginKind(cells, READONLY);
}

/** The name of the database that holds the tenant's schema. */
export function databaseOf(tenantId: string, isolation: DatabaseTemplate['isolation']): string {
  return isolation === 'schema' ? SCHEMAS_DATABASE : schemaName(tenantId);
}

function loginKind(cells: Cells, profile: Profile): LoginKind {
  const idOf = ({ cell, name }: ResourceContext): string => `${cell}/${name}`;
  return {
    kind: profile.kind,
    provider: 'postgres',
    actsOnce: true,
    name: profile.role,
    find: async (context) => {
      const role = await findRole(cells, context, context.name);
      if (!role) return { state: 'absent' };
      if (!isMarked(role.comment, context.tenantId)) return { state: 'foreign' };
      // A login whose password is not stored is useless, so it counts as partial: `create` sets a new password.
      const mayLogIn = role.canLogin || isClosedMark(role.comment);
      const isComplete = mayLogIn && role.databases.length > 0 && (await context.secrets.read(PASSWORD)) !== undefined;
      return { state: isComplete ? 'present' : 'partial', id: idOf(context) };
    },
    create: async (context) => {
      const { name, tenantId, spec } = context;
      const role = await findRole(cells, context, name);
      assertOursRole(role, name, tenantId);
      const verifier = scramVerifier(await context.secrets.obtain(PASSWORD, newPassword));
      const database = databaseOf(tenantId, spec.isolation);
      // A login that was complete may be closed at any moment, so it is not opened again.
      const opens = role === undefined || (!role.canLogin && !isClosedMark(role.comment));
      await cells.run(context, database, async (client) => {
        const objects = await schemaObjects(client, schemaName(tenantId));
        await batch(client, [
          lockTenant(tenantId),
          ...(role
            ? [
                `alter role ${escapeIdentifier(name)} reset all`,
                `alter role ${escapeIdentifier(name)} in database ${escapeIdentifier(database)} reset all`,
              ]
            : [`create role ${escapeIdentifier(name)}`, markRole(name, tenantId)]),
          `alter role ${escapeIdentifier(name)}${opens ? ' login' : ''} connection limit ${positiveInteger(spec.connectionLimit)} password ${escapeLiteral(verifier)}`,
          ...Object.entries(settingsOf(profile, tenantId, spec)).map(
            ([setting, value]) => `alter role ${escapeIdentifier(name)} set ${setting} = ${escapeLiteral(value)}`,
          ),
          spec.isolation === 'schema'
            ? `grant ${SCHEMAS_CONNECT} to ${escapeIdentifier(name)}`
            : `grant connect on database ${escapeIdentifier(database)} to ${escapeIdentifier(name)}`,
          ...grants(name, tenantId, { profile, spec, objects }),
        ]);
      });
      return { id: idOf(context), facts: { role: name, database, schema: schemaName(tenantId) } };
    },
    readOnlyMeans: profile.readOnlyMeans,
    update: (context, { access }) =>
      setLoginAccess(cells, context, access === 'read-only' ? profile.readOnlyMeans : access),
    access: (context) => loginAccess(cells, context, profile.writes),
    remove: (context) => dropRole(cells, context),
    list: (region, signal) => listRoles(cells, region, profile.ending, signal),
    drift: async (context) => {
      const { tenantId, spec, secrets } = context;
      const password = await secrets.read(PASSWORD);
      if (password === undefined) return [];
      const database = databaseOf(tenantId, spec.isolation);
      return driftOf(cells, context, { database, password, settings: settingsOf(profile, tenantId, spec) });
    },
  };
}

// The time-outs are only defaults: PostgreSQL lets a session change its own. The connection limit, by contrast, is enforced.
function settingsOf(profile: Profile, tenantId: string, spec: DatabaseTemplate): Record<string, string> {
  return {
    statement_timeout: `${positiveInteger(spec.statementTimeoutSeconds)}s`,
    idle_in_transaction_session_timeout: '60s',
    search_path: schemaName(tenantId),
    ...profile.settings,
  };
}

/** Qualified names of a schema's tables and sequences. Sequences of identity columns are left out: they need no privilege. */
interface SchemaObjects {
  tables: string[];
  sequences: string[];
}

async function schemaObjects(client: ClientBase, schema: string): Promise<SchemaObjects> {
  const { rows } = await client.query<{ name: string; kind: string }>(
    `select relname::text as name, relkind as kind from pg_class
     where oid in ${inSchema('pg_class')}
       and not exists (select from pg_depend of_column where of_column.classid = 'pg_class'::regclass
                       and of_column.objid = pg_class.oid and of_column.deptype = 'i')
     order by 1`,
    [escapeIdentifier(schema)],
  );
  const named = (kinds: string): string[] =>
    rows
      .filter(({ kind }) => kinds.includes(kind))
      .map(({ name }) => `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`);
  return { tables: named('rpvmf'), sequences: named('S') };
}

// Includes default privileges, so that later versions of the SQL need no grants of their own.
function grants(
  name: string,
  tenantId: string,
  { profile, spec, objects }: { profile: Profile; spec: DatabaseTemplate; objects: SchemaObjects },
): string[] {
  const { privileges, writes } = profile;
  const role = escapeIdentifier(name);
  const schema = escapeIdentifier(schemaName(tenantId));
  const log = `${schema}.${escapeIdentifier(AUDIT_LOG)}`;
  const isLog = (table: string): boolean => spec.auditTrail === true && table === log;
  const on = (what: 'table' | 'sequence', wanted: string, names: string[]): string[] =>
    names.length === 0 ? [] : [`grant ${wanted} on ${what} ${names.join(', ')} to ${role}`];
  return asMemberOf(
    ownerRole(tenantId),
    actingAs(ownerRole(tenantId), [
      `grant usage on schema ${schema} to ${role}`,
      ...on(
        'table',
        privileges,
        objects.tables.filter((table) => !isLog(table)),
      ),
      // Only triggers write the audit log, so the login gets only `select` on it.
      ...on('table', 'select', objects.tables.filter(isLog)),
      `alter default privileges in schema ${schema} grant ${privileges} on tables to ${role}`,
      ...(writes
        ? [
            ...on('sequence', 'usage', objects.sequences),
            `alter default privileges in schema ${schema} grant usage on sequences to ${role}`,
          ]
        : []),
    ]),
  );
}

function positiveInteger(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`Expected a whole number above 0, got ${value}.`);
  return value;
}
