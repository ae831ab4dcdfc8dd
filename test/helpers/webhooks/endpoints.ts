import { randomUUID } from 'node:crypto';
import type { NumberedEvent } from '../../../contract/events/events';
import type { Grants } from '../../../contract/events/audience';
import { endpointIdOf } from '../../../contract/webhooks/webhooks';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import { readEvents } from '../../../registry/events/readers';
import { createEndpoint } from '../../../registry/webhooks/endpoint-secrets';
import { fanOut, WEBHOOK_READER } from '../../../registry/webhooks/fan-out';
import type { TestRegistry } from '../registry';

/** The grants of a caller that sees everything. */
export const ALL_GRANTS: Grants = {
  operation: ['tenants:read'],
  tenant: ['tenants:read'],
  operators: ['operations:operate'],
};

/** The grants of a caller that sees only what it has ordered. */
export const NO_GRANTS: Grants = { operation: [], tenant: [], operators: [] };

/** What a test's endpoint differs in. */
export interface TestEndpoint {
  owner?: string;
  url?: string;
  eventTypes?: readonly string[] | null;
  grants?: Grants;
}

/** Creates an endpoint of a caller with a token of these roles, and returns its id. */
export async function makeEndpoint(
  { pool, keys }: TestRegistry,
  { owner = 'signup', url = 'https://hooks.example.com/', eventTypes = null, grants = ALL_GRANTS }: TestEndpoint = {},
): Promise<string> {
  const roles = ['webhooks:manage', ...new Set(Object.values(grants).flat())];
  await createApiToken(pool, { name: owner, roles, expiresAt: new Date(Date.now() + 3_600_000) });
  const endpointId = endpointIdOf(randomUUID());
  const made = await createEndpoint(pool, keys, { endpointId, actor: `token:${owner}`, url, eventTypes, grants });
  if (made === 'too-many') throw new Error(made);
  return endpointId;
}

/** Makes messages of every new event; returns the events. */
export async function fanOutAll({ pool }: TestRegistry): Promise<NumberedEvent[]> {
  const read: NumberedEvent[] = [];
  while (
    (await readEvents(pool, WEBHOOK_READER, 100, async (events, client) => {
      read.push(...events);
      await fanOut(client, events, 'https://api.example.com');
    })) > 0
  );
  return read;
}

/** A message as the registry has it. */
export interface Message {
  deliveryId: string;
  sequence: number | null;
  tenantId: string | null;
  state: string;
  round: number;
}

/** The messages to an endpoint, in their order. */
export async function messagesTo({ pool }: TestRegistry, endpointId: string): Promise<Message[]> {
  const { rows } = await pool.query<Message>(
    `select delivery_id as "deliveryId", sequence::float8 as sequence, tenant_id as "tenantId", state, round
     from webhook_delivery where endpoint_id = $1 order by position`,
    [endpointId],
  );
  return rows;
}
