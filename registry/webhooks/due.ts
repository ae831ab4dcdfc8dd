import {
  HOLDING_ATTEMPTS,
  MESSAGES_AT_ONCE,
  MESSAGES_AT_ONCE_FAILING,
  type DueDelivery,
  type WebhookDelivery,
} from '../../contract/webhooks/webhooks';
import { newTenantId } from '../../contract/ids';
import type { Queryable } from '../database';

/** Minutes after the time of its next attempt at which a delivery has lost its run. */
const LOST_AFTER_MINUTES = 15;

/** Tenants of an endpoint that one look considers, in each of two parts of the alphabet. */
const TENANTS_AT_ONCE = 100;

/** In the alphabet, every tenant id comes before it. */
const BEHIND_ALL_TENANTS = 'z'.repeat(17);

/**
 * Deliveries whose run is to be started: the first message of each tenant to an endpoint, as many at a time as the endpoint may get; and
 * tests and those that have lost their run, at once. Until {@link markStarted} they are due again; a second start of the same run has no effect.
 *
 * However many messages wait, a look takes a few milliseconds: it goes from tenant to tenant in the index instead of reading their messages,
 * and considers only some of the tenants, from a random one on, of which those with the oldest messages come first.
 */
export async function listDueDeliveries(db: Queryable, limit: number): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueDelivery>(
    `with recursive room as materialized (
       select endpoint_id, case when failing_since is null then $2::int else $3::int end - coalesce(under_way, 0) as places
       from webhook_endpoint left join (
         select endpoint_id, count(*)::int as under_way from webhook_delivery where state = 'trying' and attempts < $4 group by endpoint_id
       ) as busy using (endpoint_id)
       where disabled_at is null
     ), tenant_by_tenant as (
       select endpoint_id, until, 1 as step, message.*
       from room cross join (values ($6::text, $8::text), ('', $6)) as part (after, until)
         cross join lateral (${firstMessage('room', 'next.tenant_id > part.after and next.tenant_id <= part.until')}) as message
       where places > 0
       union all
       select reached.endpoint_id, until, step + 1, message.*
       from tenant_by_tenant as reached
         cross join lateral (${firstMessage('reached', 'next.tenant_id > reached.tenant_id and next.tenant_id <= reached.until')}) as message
       where step < $7
     ), first as (
       select endpoint_id, tenant_id, delivery_id, position from tenant_by_tenant
       union all
       select endpoint_id, message.* from room cross join lateral (${firstMessage('room', 'next.tenant_id is null')}) as message where places > 0
     ), free as (
       select first.*, row_number() over (partition by endpoint_id order by position) as place
       from first
       where not exists (
         select from webhook_delivery as earlier
         where earlier.endpoint_id = first.endpoint_id and earlier.tenant_id is not distinct from first.tenant_id
           and earlier.position < first.position and earlier.state = 'trying' and earlier.attempts < $4
           and earlier.sequence is not null)
     ), due as (
       (select delivery_id, position from free join room using (endpoint_id) where place <= places order by position limit $1)
       union all
       (select delivery_id, position from webhook_delivery where state = 'waiting' and sequence is null order by position limit $1)
       union all
       (select delivery_id, position from webhook_delivery
        where state = 'trying' and next_try_at < now() - make_interval(mins => $5) order by next_try_at limit $1)
     )
     select delivery_id as "deliveryId", round, endpoint_id as "endpointId", type, tenant_id as "tenantId"
     from due join webhook_delivery using (delivery_id) order by due.position`,
    [
      limit,
      MESSAGES_AT_ONCE,
      MESSAGES_AT_ONCE_FAILING,
      HOLDING_ATTEMPTS,
      LOST_AFTER_MINUTES,
      newTenantId(),
      TENANTS_AT_ONCE,
      BEHIND_ALL_TENANTS,
    ],
  );
  return rows;
}

/** SQL of the oldest waiting message, `next`, of the first tenant of an endpoint that fits: one step of the index on open messages. */
function firstMessage(endpoint: string, fits: string): string {
  return `select next.tenant_id, next.delivery_id, next.position from webhook_delivery as next
    where next.endpoint_id = ${endpoint}.endpoint_id and next.state in ('waiting', 'trying') and next.state = 'waiting'
      and next.sequence is not null and ${fits}
    order by next.tenant_id, next.position limit 1`;
}

/** Records that the run of a delivery was started. No change if it has ended by now. */
export async function markStarted(db: Queryable, { deliveryId, round }: WebhookDelivery): Promise<void> {
  await db.query(
    `update webhook_delivery set state = 'trying', next_try_at = now()
     where delivery_id = $1 and round = $2 and (state = 'waiting' or (state = 'trying' and next_try_at < now()))`,
    [deliveryId, round],
  );
}
