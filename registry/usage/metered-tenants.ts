import type { QuotaRules, TenantMeter } from '../../contract/usage/meters';
import type { TenantState } from '../../contract/tenants/states';
import { metersOf, quotaRulesOf, type MeteredTemplate } from '../../templates/meters';
import type { Queryable } from '../database';

/** A tenant as far as its usage is concerned. */
export interface MeteredTenant {
  tenantId: string;
  state: TenantState;
  orderedAt: Date;
  meters: TenantMeter[];
  rules: QuotaRules;
  /** The registry's clock when the tenant was read. */
  now: Date;
}

/** The parts of a tenant's template that metering reads; a whole template is some ten times as large. */
const METERED_TEMPLATE = `jsonb_strip_nulls(jsonb_build_object(
  'usage', template -> 'usage',
  'billing', jsonb_build_object('meters', template #> '{billing,meters}'),
  'configuration', jsonb_build_object('features', template #> '{configuration,features}'),
  'resources', jsonb_build_object('storage', jsonb_build_object('quotaGb', template #> '{resources,storage,quotaGb}'))))`;

/** One tenant; undefined if there is none. */
export async function findMeteredTenant(db: Queryable, tenantId: string): Promise<MeteredTenant | undefined> {
  return (await read(db, [tenantId], '')).get(tenantId);
}

/**
 * The tenants with these ids, by id. Until the transaction ends they neither change their state nor get usage from another transaction, so a
 * tenant that is gone stays without usage, and one of several writers sees that a limit is reached.
 */
export async function lockMeteredTenants(
  db: Queryable,
  tenantIds: readonly string[],
): Promise<Map<string, MeteredTenant>> {
  // The same order in every transaction, so that no two wait for each other.
  return read(db, tenantIds, 'order by tenant_id for no key update');
}

async function read(db: Queryable, tenantIds: readonly string[], order: string): Promise<Map<string, MeteredTenant>> {
  const { rows } = await db.query<{
    tenantId: string;
    state: TenantState;
    orderedAt: Date;
    template: MeteredTemplate;
    now: Date;
  }>(
    `select tenant_id as "tenantId", state, created_at as "orderedAt", ${METERED_TEMPLATE} as template, now() as now
     from tenant where tenant_id = any($1) ${order}`,
    [[...new Set(tenantIds)]],
  );
  return new Map(
    rows.map(({ template, ...tenant }) => [
      tenant.tenantId,
      { ...tenant, meters: metersOf(template), rules: quotaRulesOf(template) },
    ]),
  );
}
