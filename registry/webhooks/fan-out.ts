import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { NumberedEvent } from '../../contract/events/events';
import { audienceOf, type Grants } from '../../contract/events/audience';
import { webhookPayload } from '../../contract/webhooks/payload';
import { deliveryIdOf } from '../../contract/webhooks/webhooks';
import type { Queryable } from '../database';
import { CONFIRMED_DAYS } from '../staff/people';

/** Name of the reader of the event log that makes messages of events. */
export const WEBHOOK_READER = 'webhooks';

interface Subscriber {
  endpointId: string;
  owner: string;
  eventTypes: string[] | null;
  createdAt: Date;
  /** The audiences it belongs to for what others have ordered. */
  audiences: (keyof Grants)[];
}

/** Makes a message of each event for each endpoint that follows it. `client` is in the transaction that advances the reader. */
export async function fanOut(client: pg.ClientBase, events: NumberedEvent[], publicUrl: string): Promise<void> {
  const subscribers = await listSubscribers(client);
  if (subscribers.length === 0) return;
  const ownerOf = await readOwners(client, events);
  const messages = events.flatMap((event) => {
    const payload = webhookPayload(event, publicUrl);
    return subscribers
      .filter((subscriber) => follows(subscriber, event) && mayRead(subscriber, event, ownerOf))
      .map(({ endpointId }) => {
        const { sequence, type, tenantId, operationId } = event;
        const deliveryId = deliveryIdOf(randomUUID());
        return { deliveryId, endpointId, sequence, type, tenantId, operationId, payload };
      });
  });
  if (messages.length === 0) return;
  await client.query(
    `insert into webhook_delivery (delivery_id, endpoint_id, sequence, type, tenant_id, operation_id, payload)
     select "deliveryId", "endpointId", sequence, type, "tenantId", "operationId", payload
     from jsonb_to_recordset($1) as made ("deliveryId" text, "endpointId" text, sequence bigint, type text, "tenantId" text,
       "operationId" text, payload text)
     order by sequence`,
    [JSON.stringify(messages)],
  );
}

/**
 * Every enabled endpoint, and which audiences its owner belongs to now. A token's roles count only while a token of its name has them and is
 * not revoked, and a person's as the identity provider last confirmed them, for {@link CONFIRMED_DAYS} days. An owner without any such token
 * or confirmation receives nothing. Locked, so that an endpoint that is being disabled gets no more messages.
 */
async function listSubscribers(client: pg.ClientBase): Promise<Subscriber[]> {
  const { rows } = await client.query<Omit<Subscriber, 'audiences'> & { grants: Grants; roles: string[] | null }>(
    `select endpoint_id as "endpointId", owner, event_types as "eventTypes", created_at as "createdAt", grants,
       case when owner like 'token:%' then array(
         select unnest(roles) from api_token where 'token:' || name = owner and revoked_at is null) else person.roles end as roles
     from webhook_endpoint left join staff_person person
       on user_id = owner and confirmed_at > now() - make_interval(days => $1)
     where disabled_at is null
       and (owner not like 'token:%' or exists (select from api_token where 'token:' || name = owner and revoked_at is null))
       and (owner not like 'user:%' or user_id is not null)
     order by created_at, endpoint_id for share of webhook_endpoint`,
    [CONFIRMED_DAYS],
  );
  return rows.map(({ grants, roles, ...subscriber }) => ({
    ...subscriber,
    audiences: (Object.keys(grants) as (keyof Grants)[]).filter((audience) =>
      grants[audience].some((role) => roles === null || roles.includes(role)),
    ),
  }));
}

function follows({ endpointId, eventTypes, createdAt }: Subscriber, { type, at, data }: NumberedEvent): boolean {
  // An order may name the only endpoints that its tenant's alerts go to.
  if ('receivers' in data && data.receivers !== undefined && !data.receivers.includes(endpointId)) return false;
  return at >= createdAt && (eventTypes === null || eventTypes.includes(type));
}

type Owners = Record<'operation' | 'tenant', Map<string, string>>;

/** Whether the endpoint's owner sees the event: by a role, or because it ordered what the event is about. */
function mayRead({ audiences, owner }: Subscriber, event: NumberedEvent, ownerOf: Owners): boolean {
  const audience = audienceOf(event);
  if (audiences.includes(audience)) return true;
  switch (audience) {
    case 'operation':
      return event.operationId !== null && ownerOf.operation.get(event.operationId) === owner;
    case 'tenant':
      return event.tenantId !== null && ownerOf.tenant.get(event.tenantId) === owner;
    case 'operators':
      return false;
  }
}

/** The callers that ordered the operations and tenants of these events. */
async function readOwners(db: Queryable, events: NumberedEvent[]): Promise<Owners> {
  const operations = await db.query<{ id: string; caller: string }>(
    `select operation_id as id, caller from operation where operation_id = any($1)`,
    [events.map(({ operationId }) => operationId)],
  );
  const tenants = await db.query<{ id: string; caller: string }>(
    `select tenant_id as id, caller from tenant where tenant_id = any($1)`,
    [events.map(({ tenantId }) => tenantId)],
  );
  const byId = (rows: { id: string; caller: string }[]) => new Map(rows.map(({ id, caller }) => [id, caller]));
  return { operation: byId(operations.rows), tenant: byId(tenants.rows) };
}
