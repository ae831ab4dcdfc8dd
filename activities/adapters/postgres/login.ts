import { escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceContext, ResourceKind } from '../../kind';
import { actingAs, asMemberOf, batch, lockTenant } from './batch';
import { inSchema } from './catalogue';
import type { Cells } from './cells';
import { driftOf, type Drift } from './login-drift';
import {
  appRole,
  AUDIT_LOG,
  isMarked,
  ownerRole,
  readonlyRole,
  SCHEMAS_CONNECT,
  SCHEMAS_DATABASE,
  schemaName,
} from './names';
import { assertOursRole, dropRole, findRole, listRoles, markRole } from './roles';
import { newPassword, scramVerifier } from './scram';

/** Name of the login's secret. */
export const PASSWORD = 'password';

interface Access {
  kind: string;
  ending: string;
  role(tenantId: string): string;
  /** On every table. */
  privileges: string;
  /** Whether it adds rows, and so takes numbers from sequences. */
  writes: boolean;
  settings: Record<string, string>;
}

const APP: Access = {
  kind: 'postgres-login',
  ending: 'app',
  role: appRole,
  privileges: 'select, insert, update, delete',
  writes: true,
  settings: {},
};

const READONLY: Access = {
  kind: 'postgres-readonly',
  ending: 'readonly',
  role: readonlyRole,
  privileges: 'select',
  writes: false,
  settings: { default_transaction_read_only: 'on' },
};

/** A login, which may itself change what was set: PostgreSQL lets every role choose its own password and settings. */
export interface LoginKind extends ResourceKind<DatabaseTemplate> {
  /** What is no longer as `create` has set it; it sets it again. Empty also when there is no such login, or its password is not known. */
  drift(context: ResourceContext<DatabaseTemplate>): Promise<Drift[]>;
}

/** The role the application logs in as for a tenant with a schema or database of its own. Its secret is `password`. */
export function appLoginKind(cells: Cells): LoginKind {
  return loginKind(cells, APP);
}

/** A login of the tenant that can only read, for reports and export. Its secret is `password`. */
export function readonlyLoginKind(cells: Cells): LoginKind {
  return loginKind(cells, READONLY);
}

/** The tenant's database, by its isolation. */
export function databaseOf(tenantId: string, isolation: DatabaseTemplate['isolation']): string {
  return isolation === 'schema' ? SCHEMAS_DATABASE : schemaName(tenantId);
}

function loginKind(cells: Cells, access: Access): LoginKind {
  const idOf = ({ cell, name }: ResourceContext): string => `${cell}/${name}`;
  return {
    kind: access.kind,
    provider: 'postgres',
    name: access.role,
    find: async (context) => {
      const role = await findRole(cells, context, context.name);
      if (!role) return { state: 'absent' };
      if (!isMarked(role.comment, context.tenantId)) return { state: 'foreign' };
      // A login whose password nobody knows is as good as none: `create` sets a new one.
      const whole = role.canLogin && role.databases.length > 0 && (await context.secrets.read(PASSWORD)) !== undefined;
      return { state: whole ? 'present' : 'partial', id: idOf(context) };
    },
    create: async (context) => {
      const { name, tenantId, spec } = context;
      const role = await findRole(cells, context, name);
      assertOursRole(role, name, tenantId);
      const verifier = scramVerifier(await context.secrets.obtain(PASSWORD, newPassword));
      const database = databaseOf(tenantId, spec.isolation);
      await cells.run(context, database, async (client) => {
        const things = await thingsIn(client, schemaName(tenantId));
        await batch(client, [
          lockTenant(tenantId),
          ...(role
            ? [
                `alter role ${escapeIdentifier(name)} reset all`,
                `alter role ${escapeIdentifier(name)} in database ${escapeIdentifier(database)} reset all`,
              ]
            : [`create role ${escapeIdentifier(name)}`]),
          `alter role ${escapeIdentifier(name)} login connection limit ${whole(spec.connectionLimit)} password ${escapeLiteral(verifier)}`,
          ...Object.entries(settingsOf(access, tenantId, spec)).map(
            ([setting, value]) => `alter role ${escapeIdentifier(name)} set ${setting} = ${escapeLiteral(value)}`,
          ),
          markRole(name, tenantId),
          spec.isolation === 'schema'
            ? `grant ${SCHEMAS_CONNECT} to ${escapeIdentifier(name)}`
            : `grant connect on database ${escapeIdentifier(database)} to ${escapeIdentifier(name)}`,
          ...grants(name, tenantId, { access, spec, things }),
        ]);
      });
      return { id: idOf(context), facts: { role: name, database, schema: schemaName(tenantId) } };
    },
    remove: (context) => dropRole(cells, context),
    list: (region, signal) => listRoles(cells, region, access.ending, signal),
    drift: async (context) => {
      const { tenantId, spec, secrets } = context;
      const password = await secrets.read(PASSWORD);
      if (password === undefined) return [];
      const database = databaseOf(tenantId, spec.isolation);
      return driftOf(cells, context, { database, password, settings: settingsOf(access, tenantId, spec) });
    },
  };
}

// The time-outs are defaults, which a session may change for itself: PostgreSQL has no hard ones. The connection limit is hard.
function settingsOf(access: Access, tenantId: string, spec: DatabaseTemplate): Record<string, string> {
  return {
    statement_timeout: `${whole(spec.statementTimeoutSeconds)}s`,
    idle_in_transaction_session_timeout: '60s',
    search_path: schemaName(tenantId),
    ...access.settings,
  };
}

/** What a schema has, by qualified names. Sequences of identity columns are left out: they need no privilege. */
interface Things {
  tables: string[];
  sequences: string[];
}

async function thingsIn(client: ClientBase, schema: string): Promise<Things> {
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

// Default privileges too, so that a later version of the SQL needs no grants of its own.
function grants(
  name: string,
  tenantId: string,
  { access, spec, things }: { access: Access; spec: DatabaseTemplate; things: Things },
): string[] {
  const { privileges, writes } = access;
  const role = escapeIdentifier(name);
  const schema = escapeIdentifier(schemaName(tenantId));
  const log = `${schema}.${escapeIdentifier(AUDIT_LOG)}`;
  const ofLog = (thing: string): boolean => spec.auditTrail === true && thing === log;
  const on = (what: 'table' | 'sequence', wanted: string, names: string[]): string[] =>
    names.length === 0 ? [] : [`grant ${wanted} on ${what} ${names.join(', ')} to ${role}`];
  return asMemberOf(
    ownerRole(tenantId),
    actingAs(ownerRole(tenantId), [
      `grant usage on schema ${schema} to ${role}`,
      ...on(
        'table',
        privileges,
        things.tables.filter((table) => !ofLog(table)),
      ),
      // Which nobody but its triggers writes.
      ...on('table', 'select', things.tables.filter(ofLog)),
      `alter default privileges in schema ${schema} grant ${privileges} on tables to ${role}`,
      ...(writes
        ? [
            ...on('sequence', 'usage', things.sequences),
            `alter default privileges in schema ${schema} grant usage on sequences to ${role}`,
          ]
        : []),
    ]),
  );
}

function whole(value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`Expected a whole number above 0, got ${value}.`);
  return value;
}
