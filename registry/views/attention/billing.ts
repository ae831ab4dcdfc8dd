import type { BillingProblem } from '../../../contract/billing/billing';
import type { Attention } from '../../../contract/schemas/platform/attention-schema';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

/** Open findings in the billing of tenants that are not to be removed. */
export async function readBillingFindings(db: Queryable): Promise<NonNullable<Attention['billing']>> {
  const { count, rows } = await readCounted<{
    findingId: string;
    tenantId: string;
    problem: BillingProblem;
    object: string;
    since: Date;
  }>(db, {
    columns: `finding_id as "findingId", tenant_id as "tenantId", problem, object_id as object, found_at as since`,
    from: 'billing_finding join tenant using (tenant_id)',
    where: `ended_at is null and tenant.state not in ('leaving', 'gone')`,
    orderBy: 'found_at, finding_id',
  });
  return { count, items: rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() })) };
}
