import type pg from 'pg';
import { CONTROL_PLANE } from '../../contract/audit/chain';
import type { DisabledReason } from '../../contract/webhooks/webhooks';
import type { Grants } from '../../contract/events/audience';
import { appendAudit } from '../audit/trail';
import { maybeOne, type Queryable } from '../database';
import { isBehind, microsOf, toPage, type Page, type PageRequest } from '../pages';

/** An endpoint, without its secrets. */
export interface WebhookEndpoint {
  endpointId: string;
  /** The caller whose endpoint it is. */
  owner: string;
  url: string;
  /** Null: every type of event. */
  eventTypes: string[] | null;
  createdAt: Date;
  disabledAt: Date | null;
  disabledBecause: DisabledReason | null;
  /** First failed attempt since the last success. */
  failingSince: Date | null;
  previousSecretUntil: Date | null;
}

export const ENDPOINT_COLUMNS = `endpoint_id as "endpointId", owner, url, event_types as "eventTypes", created_at as "createdAt",
  disabled_at as "disabledAt", disabled_because as "disabledBecause", failing_since as "failingSince",
  previous_secret_until as "previousSecretUntil"`;

/** The caller that changes an endpoint, with an audit entry of the control plane. */
export interface EndpointChange {
  endpointId: string;
  actor: string;
}

/** One endpoint; undefined if there is none, or if `owner` is given and it is another's. */
export async function findEndpoint(
  db: Queryable,
  endpointId: string,
  owner?: string,
): Promise<WebhookEndpoint | undefined> {
  return maybeOne<WebhookEndpoint>(
    db,
    `select ${ENDPOINT_COLUMNS} from webhook_endpoint where endpoint_id = $1 and ($2::text is null or owner = $2)`,
    [endpointId, owner ?? null],
  );
}

/** A page of endpoints, newest first: those of `owner`, or all. */
export async function listEndpoints(
  db: Queryable,
  { limit, after, owner }: PageRequest & { owner?: string | undefined },
): Promise<Page<WebhookEndpoint>> {
  const { rows } = await db.query<WebhookEndpoint & { micros: string }>(
    `select ${ENDPOINT_COLUMNS}, ${microsOf('created_at')} as micros from webhook_endpoint
     where ($1::text is null or owner = $1) and ${isBehind('created_at', 'endpoint_id', 2, 3)}
     order by created_at desc, endpoint_id desc limit $4`,
    [owner ?? null, after?.micros ?? null, after?.id ?? null, limit + 1],
  );
  return toPage(
    rows,
    limit,
    ({ micros, endpointId }) => ({ micros, id: endpointId }),
    ({ micros: _, ...endpoint }) => endpoint,
  );
}

/** New values for an endpoint; absent ones stay. */
export interface EndpointSettings {
  url?: string | undefined;
  eventTypes?: readonly string[] | null | undefined;
}

/** Changes an endpoint, and records what its owner may see now. Undefined if it no longer exists. */
export async function changeEndpoint(
  client: pg.ClientBase,
  { endpointId, actor }: EndpointChange,
  { url, eventTypes }: EndpointSettings,
  grants: Grants,
): Promise<WebhookEndpoint | undefined> {
  const changed = await maybeOne<WebhookEndpoint>(
    client,
    `update webhook_endpoint set url = coalesce($2, url), grants = $5,
       event_types = case when $3 then $4::text[] else event_types end
     where endpoint_id = $1 returning ${ENDPOINT_COLUMNS}`,
    [endpointId, url ?? null, eventTypes !== undefined, eventTypes ?? null, JSON.stringify(grants)],
  );
  const detail = { endpointId, url: url !== undefined, eventTypes: changed?.eventTypes ?? 'all' };
  if (changed) await auditEndpoint(client, 'webhook-endpoint.changed', actor, detail);
  return changed;
}

/** Has events delivered to an endpoint again. Undefined if it no longer exists. */
export async function enableEndpoint(
  client: pg.ClientBase,
  { endpointId, actor }: EndpointChange,
): Promise<WebhookEndpoint | undefined> {
  const enabled = await maybeOne<WebhookEndpoint>(
    client,
    `update webhook_endpoint set disabled_at = null, disabled_because = null, failing_since = null, warned_at = null
     where endpoint_id = $1 and disabled_at is not null returning ${ENDPOINT_COLUMNS}`,
    [endpointId],
  );
  if (enabled) await auditEndpoint(client, 'webhook-endpoint.enabled', actor, { endpointId });
  return enabled ?? findEndpoint(client, endpointId);
}

/** Delivers nothing more to an endpoint, and cancels what is under way. Undefined if it no longer exists. */
export async function disableEndpoint(
  client: pg.ClientBase,
  { endpointId, actor }: EndpointChange,
  because: DisabledReason,
): Promise<WebhookEndpoint | undefined> {
  const disabled = await maybeOne<WebhookEndpoint>(
    client,
    `update webhook_endpoint set disabled_at = now(), disabled_because = $2
     where endpoint_id = $1 and disabled_at is null returning ${ENDPOINT_COLUMNS}`,
    [endpointId, because],
  );
  if (!disabled) return findEndpoint(client, endpointId);
  await client.query(
    `update webhook_delivery set state = 'cancelled', next_try_at = null, ended_at = now()
     where endpoint_id = $1 and state in ('waiting', 'trying')`,
    [endpointId],
  );
  await auditEndpoint(client, 'webhook-endpoint.disabled', actor, { endpointId, because });
  return disabled;
}

/** Appends an entry about an endpoint to the control plane's audit trail. */
export async function auditEndpoint(
  client: pg.ClientBase,
  action: string,
  actor: string,
  detail: object,
): Promise<void> {
  await appendAudit(client, { tenantId: CONTROL_PLANE, actor, action, detail: { ...detail } });
}
