import type { BillingFindingState, BillingProblem } from '../../contract/billing/problems';
import type { Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';

/** Which findings to list; all of them where a part is absent. */
export interface FindingFilter extends PageRequest {
  state?: BillingFindingState | undefined;
  tenantId?: string | undefined;
}

/** A finding, open or not. */
export interface ListedFinding {
  findingId: string;
  /** Null if what was found belongs to no tenant. */
  tenantId: string | null;
  problem: BillingProblem;
  /** Id of the object at the billing provider. */
  object: string;
  state: BillingFindingState;
  foundAt: Date;
  endedAt: Date | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  reason: string | null;
}

/** SQL conditions of the states. */
const IN_STATE: Record<BillingFindingState, string> = {
  open: 'ended_at is null and resolved_at is null',
  resolved: 'resolved_at is not null',
  ended: 'ended_at is not null and resolved_at is null',
};

/** Findings in billing, newest first. */
export async function listFindings(
  db: Queryable,
  { state, tenantId, after, limit }: FindingFilter,
): Promise<Page<ListedFinding>> {
  const { rows } = await db.query<ListedFinding & { micros: string }>(
    `select finding_id as "findingId", tenant_id as "tenantId", problem, object_id as object, found_at as "foundAt", ended_at as "endedAt",
       resolved_at as "resolvedAt", case when resolved_at is not null then accepted_by end as "resolvedBy", reason,
       case when resolved_at is not null then 'resolved' when ended_at is not null then 'ended' else 'open' end as state,
       ${microsOf('found_at')} as micros
     from billing_finding
     where ${isBehind('found_at', 'finding_id', 1, 2)} ${state === undefined ? '' : `and ${IN_STATE[state]}`}
       ${tenantId === undefined ? '' : 'and tenant_id = $4'}
     order by found_at desc, finding_id desc limit $3`,
    [after?.micros ?? null, after?.id ?? null, limit + 1, ...(tenantId === undefined ? [] : [tenantId])],
  );
  return toPage(
    rows,
    limit,
    ({ micros, findingId }) => ({ micros, id: findingId }),
    ({ micros: _, ...finding }) => finding,
  );
}

/** Open findings that operators were not told of, oldest first. */
export async function listUntoldFindings(
  db: Queryable,
  limit: number,
): Promise<Pick<ListedFinding, 'findingId' | 'tenantId' | 'problem' | 'object'>[]> {
  const { rows } = await db.query<Pick<ListedFinding, 'findingId' | 'tenantId' | 'problem' | 'object'>>(
    `select finding_id as "findingId", tenant_id as "tenantId", problem, object_id as object from billing_finding
     where told_at is null and ended_at is null and resolved_at is null order by found_at, finding_id limit $1`,
    [limit],
  );
  return rows;
}

/** Records that the mail about these findings is stored. */
export async function markFindingsTold(db: Queryable, findingIds: readonly string[]): Promise<void> {
  await db.query(`update billing_finding set told_at = clock_timestamp() where finding_id = any($1)`, [findingIds]);
}
