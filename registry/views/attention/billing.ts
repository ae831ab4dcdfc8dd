import { BILLING_PROBLEM_GUIDE, type BillingProblem } from '../../../contract/billing/problems';
import type { Attention } from '../../../contract/schemas/platform/attention-schema';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

/** Open findings in billing, except those of tenants that are to be removed. */
export async function readBillingFindings(db: Queryable): Promise<NonNullable<Attention['billing']>> {
  const { count, rows } = await readCounted<{
    findingId: string;
    tenantId: string | null;
    problem: BillingProblem;
    object: string;
    since: Date;
  }>(db, {
    columns: `finding_id as "findingId", tenant_id as "tenantId", problem, object_id as object, found_at as since`,
    from: 'billing_finding left join tenant using (tenant_id)',
    where: `ended_at is null and resolved_at is null and coalesce(tenant.state, '') not in ('leaving', 'gone')`,
    orderBy: 'found_at, finding_id',
  });
  return {
    count,
    items: rows.map(({ since, tenantId, ...row }) => ({
      ...row,
      ...(tenantId === null ? {} : { tenantId }),
      ...BILLING_PROBLEM_GUIDE[row.problem],
      since: since.toISOString(),
    })),
  };
}
