import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { BillingProblem } from '../../contract/billing/billing';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction } from '../database';
import { appendEvents } from '../events/append';

/** Something that operators should look at. */
interface BillingFinding {
  problem: BillingProblem;
  /** The object at the billing provider. */
  objectId: string;
}

/**
 * Makes the open findings of these problems, of all objects or of one, the ones that were found now: new ones are opened, and those that
 * are not so any more are ended. Call it in the transaction that ends Stripe's event.
 */
export async function recordFindings(
  client: pg.ClientBase,
  tenantId: string,
  {
    asked,
    found,
    of = null,
  }: { asked: readonly BillingProblem[]; found: readonly BillingFinding[]; of?: string | null },
): Promise<void> {
  const ended = await client.query<{ findingId: string; problem: BillingProblem; objectId: string }>(
    `update billing_finding set ended_at = clock_timestamp()
     where tenant_id = $1 and ended_at is null and problem = any($2) and ($4::text is null or object_id = $4)
       and not exists (select from jsonb_to_recordset($3) as f (problem text, "objectId" text)
         where f.problem = billing_finding.problem and f."objectId" = object_id)
     returning finding_id as "findingId", problem, object_id as "objectId"`,
    [tenantId, asked, JSON.stringify(found), of],
  );
  const opened = await client.query<{ findingId: string; problem: BillingProblem; objectId: string }>(
    `insert into billing_finding (finding_id, tenant_id, problem, object_id)
     select "findingId", $1, problem, "objectId" from jsonb_to_recordset($2) as f ("findingId" text, problem text, "objectId" text)
     on conflict do nothing returning finding_id as "findingId", problem, object_id as "objectId"`,
    [tenantId, JSON.stringify(found.map((each) => ({ ...each, findingId: newFindingId() })))],
  );
  const event =
    (state: 'found' | 'ended') => (finding: { findingId: string; problem: BillingProblem; objectId: string }) => {
      const { findingId, problem, objectId: object } = finding;
      return { type: 'billing.finding' as const, tenantId, data: { findingId, problem, object, state } };
    };
  await appendEvents(client, [...ended.rows.map(event('ended')), ...opened.rows.map(event('found'))]);
}

/** Ends an open finding because an operator has accepted it, with an event and an audit entry. False if there is no such finding. */
export async function acceptBillingFinding(
  pool: pg.Pool,
  { findingId, actor }: { findingId: string; actor: string },
): Promise<boolean> {
  return transaction(pool, async (client) => {
    const row = await maybeOne<{ tenantId: string; problem: BillingProblem; object: string }>(
      client,
      `update billing_finding set ended_at = clock_timestamp(), accepted_by = $2
       where finding_id = $1 and ended_at is null returning tenant_id as "tenantId", problem, object_id as object`,
      [findingId, actor],
    );
    if (!row)
      return (await maybeOne(client, `select 1 from billing_finding where finding_id = $1`, [findingId])) !== undefined;
    const { tenantId, ...data } = row;
    await appendAudit(client, { tenantId, actor, action: 'billing-finding.accepted', detail: { findingId, ...data } });
    await appendEvents(client, [{ type: 'billing.finding', tenantId, data: { findingId, ...data, state: 'ended' } }]);
    return true;
  });
}

function newFindingId(): string {
  return `bf_${randomBytes(12).toString('hex')}`;
}
