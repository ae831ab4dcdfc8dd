import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { CONTROL_PLANE } from '../../contract/audit/chain';
import type { BillingProblem } from '../../contract/billing/problems';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvents } from '../events/append';

/** Something that operators should look at. */
export interface BillingFinding {
  problem: BillingProblem;
  /** The object at the billing provider. */
  objectId: string;
}

interface ChangedFinding {
  findingId: string;
  problem: BillingProblem;
  object: string;
  /** An operator has decided about it, which was told as its end. */
  resolved: boolean;
}

const CHANGED = `finding_id as "findingId", problem, object_id as object, resolved_at is not null as resolved`;

/**
 * Makes the open findings of these problems, of all objects or of one, the ones that were found now: new ones are opened, and those that
 * are not so any more are ended. One that an operator has resolved is not opened again while it is still so. `tenantId`: null for what belongs
 * to no tenant. Call it in the transaction that ends what was handled.
 */
export async function recordFindings(
  client: pg.ClientBase,
  tenantId: string | null,
  {
    asked,
    found,
    of = null,
  }: { asked: readonly BillingProblem[]; found: readonly BillingFinding[]; of?: string | null },
): Promise<void> {
  const owned = tenantId === null ? '$1::text is null and tenant_id is null' : 'tenant_id = $1';
  const { rows: ended } = await client.query<ChangedFinding>(
    `update billing_finding set ended_at = clock_timestamp()
     where ${owned} and ended_at is null and problem = any($2) and ($4::text is null or object_id = $4)
       and not exists (select from jsonb_to_recordset($3) as f (problem text, "objectId" text)
         where f.problem = billing_finding.problem and f."objectId" = object_id)
     returning ${CHANGED}`,
    [tenantId, asked, JSON.stringify(found), of],
  );
  const { rows: opened } = await client.query<ChangedFinding>(
    `insert into billing_finding (finding_id, tenant_id, problem, object_id)
     select "findingId", $1, problem, "objectId" from jsonb_to_recordset($2) as f ("findingId" text, problem text, "objectId" text)
     on conflict do nothing returning ${CHANGED}`,
    [tenantId, JSON.stringify(found.map((each) => ({ ...each, findingId: newFindingId() })))],
  );
  const event =
    (state: 'found' | 'ended') =>
    ({ findingId, problem, object }: ChangedFinding) => ({
      type: 'billing.finding' as const,
      tenantId,
      data: { findingId, problem, object, state },
    });
  await appendEvents(client, [
    ...ended.filter(({ resolved }) => !resolved).map(event('ended')),
    ...opened.map(event('found')),
  ]);
}

/** Records an operator's decision about a finding, with an event and an audit entry. `ended`: it was resolved before, or is not so any more. */
export async function resolveFinding(
  pool: pg.Pool,
  { findingId, actor, reason }: { findingId: string; actor: string; reason: string },
): Promise<'resolved' | 'ended' | 'unknown'> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<{ tenantId: string | null; problem: BillingProblem; object: string }>(
      client,
      `update billing_finding set resolved_at = clock_timestamp(), accepted_by = $2, reason = $3
       where finding_id = $1 and ended_at is null and resolved_at is null
       returning tenant_id as "tenantId", problem, object_id as object`,
      [findingId, actor, reason],
    );
    if (!row)
      return (await maybeOne(client, `select 1 from billing_finding where finding_id = $1`, [findingId]))
        ? 'ended'
        : 'unknown';
    const { tenantId, ...data } = row;
    await appendAudit(client, {
      tenantId: tenantId ?? CONTROL_PLANE,
      actor,
      action: 'billing-finding.resolved',
      detail: { findingId, ...data, reason },
    });
    await appendEvents(client, [{ type: 'billing.finding', tenantId, data: { findingId, ...data, state: 'ended' } }]);
    return 'resolved';
  });
}

/** Number of open findings of each problem. */
export async function countFindings(db: Queryable): Promise<{ problem: BillingProblem; count: number }[]> {
  const { rows } = await db.query<{ problem: BillingProblem; count: number }>(
    `select problem, count(*)::int as count from billing_finding where ended_at is null and resolved_at is null group by problem`,
  );
  return rows;
}

function newFindingId(): string {
  return `bf_${randomBytes(12).toString('hex')}`;
}
