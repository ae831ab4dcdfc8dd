import { newTenantId } from '../../../contract/ids';
import type { Isolation } from '../../../contract/orders/order';
import type { DatabaseTemplate } from '../../../templates/template';
import type { Check } from '../../../providers/port/check';
import type { ResourceContext, ResourceKind } from '../../../providers/port/kind';
import type { Postgres } from '../../../providers/postgres/postgres';
import { resourceContext } from '../kind-suite';
import { CELL, REGION } from './clusters';

/** A complete tenant. */
export interface Tenant {
  tenantId: string;
  isolation: Isolation;
  /** Facts that the kinds returned, by kind. */
  facts: Record<string, Record<string, unknown>>;
  passwords: { app: string; readonly: string };
  /** What a kind of this tenant is called with. */
  contextOf(kind: ResourceKind<DatabaseTemplate>): ResourceContext<DatabaseTemplate>;
  verify(): Promise<Check[]>;
  remove(): Promise<void>;
}

/** Kinds of an isolation in the order of creation. */
export function kindsOf(postgres: Postgres, isolation: Isolation): ResourceKind<DatabaseTemplate>[] {
  const { pooledShare, owner, schema, database, login, readonlyLogin } = postgres;
  if (isolation === 'pooled') return [pooledShare];
  return [owner, isolation === 'schema' ? schema : database, login, readonlyLogin];
}

/** Database specs of the plans, by isolation. */
export function specOf(isolation: Isolation): DatabaseTemplate {
  const standard = { isolation, schemaVersion: '0001', connectionLimit: 5, statementTimeoutSeconds: 30 };
  return isolation === 'pooled' ? standard : { ...standard, auditTrail: true };
}

/** Makes a tenant with all its kinds, on the first cell by default. */
export async function provision(
  postgres: Postgres,
  isolation: Isolation,
  tenantId = newTenantId(),
  { cell = CELL, ...more }: Partial<DatabaseTemplate> & { cell?: string } = {},
): Promise<Tenant> {
  const spec: DatabaseTemplate = { ...specOf(isolation), ...more };
  const facts: Tenant['facts'] = {};
  const made: [ResourceKind<DatabaseTemplate>, ResourceContext<DatabaseTemplate>][] = [];
  for (const kind of kindsOf(postgres, isolation)) {
    const context = resourceContext(kind, REGION, spec, tenantId, cell);
    facts[kind.kind] = (await kind.create(context)).facts ?? {};
    made.push([kind, context]);
  }
  const contextOf = (kind: ResourceKind<DatabaseTemplate>): ResourceContext<DatabaseTemplate> =>
    made.find(([entry]) => entry.kind === kind.kind)![1];
  const password = async (kind: ResourceKind<DatabaseTemplate>): Promise<string> =>
    isolation === 'pooled' ? '' : ((await contextOf(kind).secrets.read('password')) ?? '');
  const passwords = { app: await password(postgres.login), readonly: await password(postgres.readonlyLogin) };
  return {
    tenantId,
    isolation,
    facts,
    passwords,
    contextOf,
    verify: () =>
      postgres.verifyDatabase({
        region: REGION,
        cell,
        tenantId,
        isolation,
        auditTrail: spec.auditTrail,
        signal: AbortSignal.timeout(60_000),
        ...(isolation === 'pooled' ? {} : { passwords }),
      }),
    remove: async () => {
      for (const [kind, context] of made.toReversed()) await kind.remove({ ...context, spec: undefined });
    },
  };
}
