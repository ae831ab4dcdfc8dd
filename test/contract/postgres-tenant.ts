import { newTenantId } from '../../contract/ids';
import type { Isolation } from '../../contract/order';
import type { DatabaseTemplate } from '../../templates/template';
import type { Check } from '../../activities/check';
import type { ResourceContext, ResourceKind } from '../../activities/kind';
import type { Postgres } from '../../activities/adapters/postgres/postgres';
import { resourceContext } from './kind-suite';
import { CELL, REGION } from './postgres-clusters';

/** A whole tenant. */
export interface Tenant {
  tenantId: string;
  isolation: Isolation;
  /** What the kinds told of it, by kind. */
  facts: Record<string, Record<string, unknown>>;
  passwords: { app: string; readonly: string };
  verify(): Promise<Check[]>;
  remove(): Promise<void>;
}

/** Kinds of an isolation in the order they are made. */
export function kindsOf(postgres: Postgres, isolation: Isolation): ResourceKind<DatabaseTemplate>[] {
  const { pooledShare, owner, schema, database, login, readonlyLogin } = postgres;
  if (isolation === 'pooled') return [pooledShare];
  return [owner, isolation === 'schema' ? schema : database, login, readonlyLogin];
}

/** What the plans ask for, by isolation. */
export function specOf(isolation: Isolation): DatabaseTemplate {
  const standard = { isolation, schemaVersion: '0001', connectionLimit: 5, statementTimeoutSeconds: 30 };
  return isolation === 'pooled' ? standard : { ...standard, auditTrail: true };
}

/** Makes a tenant with all its kinds, on the first cell unless another is named. */
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
  const password = async (kind: ResourceKind<DatabaseTemplate>): Promise<string> =>
    (await made.find(([entry]) => entry === kind)?.[1].secrets.read('password')) ?? '';
  const passwords = { app: await password(postgres.login), readonly: await password(postgres.readonlyLogin) };
  return {
    tenantId,
    isolation,
    facts,
    passwords,
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
