import type pg from 'pg';
import {
  FAILING_DAYS,
  REMEMBERED_DAYS,
  WARNING_DAYS,
  type DisabledReason,
  type WebhookDelivery,
} from '../../contract/webhooks/webhooks';
import { maybeOne, transaction, type Queryable } from '../database';
import { enqueueMails, type Letter } from '../operations/mails';
import { disableEndpoint } from './endpoints';

/** Actor recorded when the platform disables an endpoint. */
const PLATFORM = 'webhook-delivery';

/** Ended deliveries deleted at a time. */
const FORGET_BATCH = 100;

/** A message to send now. */
export interface OpenDelivery {
  deliveryId: string;
  endpointId: string;
  url: string;
  payload: string;
  /** Failed attempts of this round. */
  attempts: number;
  /** Seconds since the round's first attempt; 0 before it. */
  elapsedSeconds: number;
}

/** The message of a delivery, or undefined if there is nothing to send: it has ended, a later round has begun, or the endpoint is gone. */
export async function findOpenDelivery(
  db: Queryable,
  { deliveryId, round }: WebhookDelivery,
): Promise<OpenDelivery | undefined> {
  return maybeOne<OpenDelivery>(
    db,
    `select delivery_id as "deliveryId", endpoint_id as "endpointId", url, payload, attempts,
       coalesce(extract(epoch from now() - tried_since), 0)::float8 as "elapsedSeconds"
     from webhook_delivery join webhook_endpoint using (endpoint_id)
     where delivery_id = $1 and round = $2 and state in ('waiting', 'trying') and disabled_at is null`,
    [deliveryId, round],
  );
}

/** How an attempt has ended. */
export interface AttemptRecord {
  at: Date;
  milliseconds: number;
  /** Absent if there was no answer; `problem` says why then. */
  status?: number | undefined;
  problem?: string | undefined;
  answer?: string | undefined;
}

/** What follows an attempt. `gone`: the endpoint wants no more messages. */
export type Verdict =
  | { outcome: 'delivered' | 'gone' | 'failed' }
  /** The message is tried again after so many seconds. */
  | { outcome: 'retry'; waitSeconds: number };

/** Something about an endpoint that the operators are told once. */
export interface EndpointNotice {
  endpointId: string;
  owner: string;
  url: string;
  about: Exclude<DisabledReason, 'requested'> | 'warning';
  failingSince: Date;
}

/**
 * Records an attempt and what follows it, and disables an endpoint that is gone, or that only fails for {@link FAILING_DAYS}. Mail to the
 * operators is recorded in the same transaction; returns it. No change if the round has ended in the meantime.
 */
export async function recordAttempt(
  pool: pg.Pool,
  delivery: WebhookDelivery & { endpointId: string },
  attempt: AttemptRecord,
  verdict: Verdict,
  lettersFor: (notice: EndpointNotice) => Letter[],
): Promise<Letter[]> {
  return transaction(pool, async (client) => {
    const isDelivered = verdict.outcome === 'delivered';
    const changesEndpoint = await lockEndpoint(client, delivery.endpointId, { onlyIfFailing: isDelivered });
    if (!(await recordRound(client, delivery, attempt, verdict))) return [];
    await forgetEnded(client);
    if (isDelivered) {
      if (changesEndpoint)
        await client.query(
          `update webhook_endpoint set failing_since = null, warned_at = null where endpoint_id = $1`,
          [delivery.endpointId],
        );
      return [];
    }
    const notice = await noteFailure(client, delivery.endpointId, verdict.outcome === 'gone');
    if (!notice) return [];
    const letters = lettersFor(notice);
    await enqueueMails(client, letters);
    return letters;
  });
}

/**
 * Locks an endpoint before its deliveries, in the order in which `disableEndpoint` changes both. Messages that are delivered to an endpoint that
 * does not fail need no lock: with one, the next could only be recorded once the disk has written the one before.
 */
async function lockEndpoint(
  client: pg.ClientBase,
  endpointId: string,
  { onlyIfFailing }: { onlyIfFailing: boolean },
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from webhook_endpoint where endpoint_id = $1 and (failing_since is not null or not $2) for no key update`,
    [endpointId, onlyIfFailing],
  );
  return rowCount === 1;
}

async function recordRound(
  client: pg.ClientBase,
  { deliveryId, round }: WebhookDelivery,
  { at, milliseconds, status, problem, answer }: AttemptRecord,
  verdict: Verdict,
): Promise<boolean> {
  const state = { delivered: 'delivered', gone: 'failed', failed: 'failed', retry: 'trying' }[verdict.outcome];
  const waitSeconds = verdict.outcome === 'retry' ? verdict.waitSeconds : null;
  const { rowCount } = await client.query(
    `with recorded as (
       update webhook_delivery set state = $3, attempts = attempts + 1, tried_since = coalesce(tried_since, $4),
         next_try_at = now() + make_interval(secs => $5::float8), ended_at = case when $3 <> 'trying' then now() end
       where delivery_id = $1 and round = $2 and state in ('waiting', 'trying') returning delivery_id
     )
     insert into webhook_attempt (delivery_id, attempt, at, milliseconds, status, problem, answer)
     select $1, coalesce((select max(attempt) from webhook_attempt where delivery_id = $1), 0) + 1, $4, $6, $7, $8, $9 from recorded`,
    [deliveryId, round, state, at, waitSeconds, milliseconds, status ?? null, problem ?? null, answer ?? null],
  );
  return rowCount === 1;
}

/** Marks an endpoint as failing, and returns what the operators are to be told of it now. */
async function noteFailure(
  client: pg.ClientBase,
  endpointId: string,
  gone: boolean,
): Promise<EndpointNotice | undefined> {
  const endpoint = await maybeOne<Omit<EndpointNotice, 'about'> & { days: number; warnedDays: number | null }>(
    client,
    `update webhook_endpoint set failing_since = coalesce(failing_since, now()) where endpoint_id = $1 and disabled_at is null
     returning endpoint_id as "endpointId", owner, url, failing_since as "failingSince",
       (extract(epoch from now() - warned_at) / 86400)::float8 as "warnedDays",
       (extract(epoch from now() - failing_since) / 86400)::float8 as days`,
    [endpointId],
  );
  if (!endpoint) return undefined;
  const { days, warnedDays, ...facts } = endpoint;
  const about = gone ? 'gone' : noticeAfter(days, warnedDays);
  if (about === undefined) return undefined;
  if (about === 'warning')
    await client.query(`update webhook_endpoint set warned_at = now() where endpoint_id = $1`, [endpointId]);
  else await disableEndpoint(client, { endpointId, actor: PLATFORM }, about);
  return { ...facts, about };
}

/** A warning comes at least a day before the end: there may have been nothing to send, and so no warning, for days. */
function noticeAfter(days: number, warnedDays: number | null): 'warning' | 'failing' | undefined {
  if (warnedDays === null) return days >= WARNING_DAYS ? 'warning' : undefined;
  return days >= FAILING_DAYS && warnedDays >= 1 ? 'failing' : undefined;
}

/** Deletes messages whose delivery ended more than {@link REMEMBERED_DAYS} ago. */
async function forgetEnded(client: pg.ClientBase): Promise<void> {
  await client.query(
    `delete from webhook_delivery where delivery_id in (
       select delivery_id from webhook_delivery where ended_at < now() - make_interval(days => $1)
       limit $2 for update skip locked)`,
    [REMEMBERED_DAYS, FORGET_BATCH],
  );
}
