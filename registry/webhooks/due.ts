import {
  HOLDING_ATTEMPTS,
  MESSAGES_AT_ONCE,
  MESSAGES_AT_ONCE_FAILING,
  type DueDelivery,
  type WebhookDelivery,
} from '../../contract/webhooks/webhooks';
import type { Queryable } from '../database';

/** Minutes after the time of its next attempt at which a delivery has lost its run. */
const LOST_AFTER_MINUTES = 15;

/**
 * Deliveries whose run is to be started: the first message of each tenant to an endpoint, as many at a time as the endpoint may get; and
 * tests and those that have lost their run, at once. Until {@link markStarted} they are due again; a second start of the same run has no effect.
 */
export async function listDueDeliveries(db: Queryable, limit: number): Promise<DueDelivery[]> {
  const { rows } = await db.query<DueDelivery>(
    `with first as (
       select distinct on (endpoint_id, tenant_id) delivery_id, endpoint_id, tenant_id, position
       from webhook_delivery where state = 'waiting' and sequence is not null order by endpoint_id, tenant_id, position
     ), free as (
       select first.*, row_number() over (partition by first.endpoint_id order by first.position) as place,
         case when endpoint.failing_since is null then $2::int else $3::int end - (
           select count(*) from webhook_delivery as busy
           where busy.endpoint_id = first.endpoint_id and busy.state = 'trying' and busy.attempts < $4) as places
       from first join webhook_endpoint as endpoint using (endpoint_id)
       where endpoint.disabled_at is null and not exists (
         select from webhook_delivery as earlier
         where earlier.endpoint_id = first.endpoint_id and earlier.tenant_id is not distinct from first.tenant_id
           and earlier.position < first.position and earlier.state = 'trying' and earlier.attempts < $4
           and earlier.sequence is not null)
     ), due as (
       (select delivery_id, position from free where place <= places order by position limit $1)
       union all
       (select delivery_id, position from webhook_delivery where state = 'waiting' and sequence is null limit $1)
       union all
       (select delivery_id, position from webhook_delivery
        where state = 'trying' and next_try_at < now() - make_interval(mins => $5) order by next_try_at limit $1)
     )
     select delivery_id as "deliveryId", round, endpoint_id as "endpointId", type, tenant_id as "tenantId"
     from due join webhook_delivery using (delivery_id) order by due.position`,
    [limit, MESSAGES_AT_ONCE, MESSAGES_AT_ONCE_FAILING, HOLDING_ATTEMPTS, LOST_AFTER_MINUTES],
  );
  return rows;
}

/** Records that the run of a delivery was started. No change if it has ended by now. */
export async function markStarted(db: Queryable, { deliveryId, round }: WebhookDelivery): Promise<void> {
  await db.query(
    `update webhook_delivery set state = 'trying', next_try_at = now()
     where delivery_id = $1 and round = $2 and (state = 'waiting' or (state = 'trying' and next_try_at < now()))`,
    [deliveryId, round],
  );
}
