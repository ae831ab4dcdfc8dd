import { randomUUID } from 'node:crypto';
import { testPayload } from '../../contract/webhooks/payload';
import { deliveryIdOf, TEST_TYPE, type DeliveryState } from '../../contract/webhooks/webhooks';
import { maybeOne, type Queryable } from '../database';
import { toPage, type Page, type PageRequest } from '../pages';
import type { AttemptRecord } from './attempts';

/** An attempt as it is kept. */
export interface AttemptRow extends Pick<AttemptRecord, 'at' | 'milliseconds'> {
  attempt: number;
  status: number | null;
  problem: string | null;
  answer: string | null;
}

/** A message to an endpoint. */
export interface DeliveryRow {
  deliveryId: string;
  type: string;
  sequence: number | null;
  tenantId: string | null;
  operationId: string | null;
  state: DeliveryState;
  createdAt: Date;
  nextTryAt: Date | null;
  endedAt: Date | null;
  /** Number of attempts in all rounds. */
  attempts: number;
  lastAttempt: AttemptRow | null;
}

const COLUMNS = `webhook_delivery.delivery_id as "deliveryId", type, sequence::float8 as sequence, tenant_id as "tenantId", operation_id as "operationId", state,
  created_at as "createdAt", case when state = 'trying' then next_try_at end as "nextTryAt", ended_at as "endedAt",
  coalesce(last.attempt, 0) as attempts, to_jsonb(last) - 'delivery_id' as "lastAttempt"`;

const FROM = `webhook_delivery left join lateral (
  select * from webhook_attempt where webhook_attempt.delivery_id = webhook_delivery.delivery_id order by attempt desc limit 1) as last on true`;

/** A page of an endpoint's messages, newest first, each with its last attempt. */
export async function listDeliveries(
  db: Queryable,
  { endpointId, state, limit, after }: PageRequest & { endpointId: string; state?: DeliveryState | undefined },
): Promise<Page<DeliveryRow>> {
  const { rows } = await db.query<DeliveryRow & { position: string }>(
    `select ${COLUMNS}, position from ${FROM}
     where endpoint_id = $1 and ($2::text is null or state = $2) and ($3::bigint is null or position < $3)
     order by position desc limit $4`,
    [endpointId, state ?? null, after?.micros ?? null, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ position, deliveryId }) => ({ micros: position, id: deliveryId }),
    ({ position: _, ...row }) => withDates(row),
  );
}

/** One message with every attempt and its body; undefined if the endpoint has no such message. */
export async function readDelivery(
  db: Queryable,
  endpointId: string,
  deliveryId: string,
): Promise<(DeliveryRow & { payload: string; history: AttemptRow[] }) | undefined> {
  const row = await maybeOne<DeliveryRow & { payload: string }>(
    db,
    `select ${COLUMNS}, payload from ${FROM}
     where endpoint_id = $1 and webhook_delivery.delivery_id = $2`,
    [endpointId, deliveryId],
  );
  if (!row) return undefined;
  const { rows: history } = await db.query<AttemptRow>(
    `select attempt, at, milliseconds, status, problem, answer from webhook_attempt where delivery_id = $1 order by attempt`,
    [deliveryId],
  );
  return { ...withDates(row), history };
}

function withDates<Row extends DeliveryRow>(row: Row): Row {
  const { lastAttempt } = row;
  return lastAttempt === null ? row : { ...row, lastAttempt: { ...lastAttempt, at: new Date(lastAttempt.at) } };
}

/** Makes a test message for an endpoint, and returns its id. */
export async function createTest(db: Queryable, endpointId: string, publicUrl: string): Promise<string> {
  const deliveryId = deliveryIdOf(randomUUID());
  await db.query(`insert into webhook_delivery (delivery_id, endpoint_id, type, payload) values ($1, $2, $3, $4)`, [
    deliveryId,
    endpointId,
    TEST_TYPE,
    testPayload(endpointId, publicUrl, new Date()),
  ]);
  return deliveryId;
}

/** Which of an endpoint's messages to send once more. */
export interface Redelivery {
  endpointId: string;
  /** Only this one. */
  deliveryId?: string | undefined;
  /** Only messages made at this time or later, and before that time. */
  from?: Date | undefined;
  before?: Date | undefined;
  states: readonly DeliveryState[];
  limit: number;
}

/** Begins a new round for ended deliveries, the oldest first, and returns how many there are. */
export async function redeliver(
  db: Queryable,
  { endpointId, deliveryId, from, before, states, limit }: Redelivery,
): Promise<number> {
  const { rowCount } = await db.query(
    `update webhook_delivery set state = 'waiting', round = round + 1, attempts = 0, tried_since = null, next_try_at = null, ended_at = null
     where delivery_id in (
       select delivery_id from webhook_delivery
       where endpoint_id = $1 and ($2::text is null or delivery_id = $2) and created_at >= coalesce($3, '-infinity'::timestamptz)
         and created_at < coalesce($4, 'infinity'::timestamptz) and state = any($5) and ended_at is not null
       order by position limit $6 for update)`,
    [endpointId, deliveryId ?? null, from ?? null, before ?? null, states, limit],
  );
  return rowCount ?? 0;
}
