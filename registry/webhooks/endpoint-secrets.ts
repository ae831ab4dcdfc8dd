import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { Grants } from '../../contract/events/audience';
import { ENDPOINTS_PER_CALLER, OVERLAP_HOURS } from '../../contract/webhooks/webhooks';
import { maybeOne, transaction, type Queryable } from '../database';
import { forgetSecrets, readSecret, storeSecret, type SecretName } from '../keys/secrets';
import { createTenantKey } from '../keys/tenant-keys';
import { auditEndpoint, ENDPOINT_COLUMNS, type EndpointChange, type WebhookEndpoint } from './endpoints';

/** Tenant whose data key encrypts the secrets of endpoints, which belong to no tenant. */
const KEY_OF = PROBE_TENANT_ID;

/** An endpoint to create. */
export interface NewEndpoint extends EndpointChange {
  url: string;
  eventTypes: readonly string[] | null;
  grants: Grants;
}

/** Creates an endpoint of the caller, and its secret. `too-many`: the caller has {@link ENDPOINTS_PER_CALLER} already. */
export async function createEndpoint(
  pool: pg.Pool,
  keys: KeyWrapper,
  { endpointId, actor, url, eventTypes, grants }: NewEndpoint,
): Promise<{ endpoint: WebhookEndpoint; secret: string } | 'too-many'> {
  await createTenantKey(pool, keys, KEY_OF);
  const secret = newSecret();
  return transaction(pool, async (client) => {
    // Concurrent requests of one caller take turns, so that together they do not exceed the limit.
    await client.query(`select pg_advisory_xact_lock(hashtextextended('webhook-endpoints:' || $1, 0))`, [actor]);
    const { rowCount } = await client.query(`select from webhook_endpoint where owner = $1`, [actor]);
    if (rowCount! >= ENDPOINTS_PER_CALLER) return 'too-many';
    const endpoint = (await maybeOne<WebhookEndpoint>(
      client,
      `insert into webhook_endpoint (endpoint_id, owner, url, event_types, grants) values ($1, $2, $3, $4, $5)
       returning ${ENDPOINT_COLUMNS}`,
      [endpointId, actor, url, eventTypes, JSON.stringify(grants)],
    ))!;
    await storeSecret(client, keys, secretName(endpointId, 1), secret);
    await auditEndpoint(client, 'webhook-endpoint.created', actor, { endpointId, eventTypes: eventTypes ?? 'all' });
    return { endpoint, secret };
  });
}

/** Gives an endpoint a new secret; messages are signed with the old one, too, for {@link OVERLAP_HOURS}. Undefined if it does not exist. */
export async function rotateSecret(
  pool: pg.Pool,
  keys: KeyWrapper,
  { endpointId, actor }: EndpointChange,
): Promise<{ secret: string; previousUntil: Date } | undefined> {
  const secret = newSecret();
  return transaction(pool, async (client) => {
    const rotated = await maybeOne<{ version: number; until: Date }>(
      client,
      `update webhook_endpoint set secret_version = secret_version + 1, previous_secret_until = now() + make_interval(hours => $2)
       where endpoint_id = $1 returning secret_version as version, previous_secret_until as until`,
      [endpointId, OVERLAP_HOURS],
    );
    if (!rotated) return undefined;
    await storeSecret(client, keys, secretName(endpointId, rotated.version), secret);
    // Of two rotations within a day, the later one ends the first secret early: only the newest two are valid.
    await client.query(`delete from secret where tenant_id = $1 and kind = $2 and name <> all($3)`, [
      KEY_OF,
      secretName(endpointId, 0).kind,
      [rotated.version, rotated.version - 1].map((version) => secretName(endpointId, version).name),
    ]);
    await auditEndpoint(client, 'webhook-endpoint.secret-rotated', actor, { endpointId });
    return { secret, previousUntil: rotated.until };
  });
}

/** The secrets that sign a message now, the newest first; none if the endpoint does not exist. */
export async function readSigningSecrets(db: Queryable, keys: KeyWrapper, endpointId: string): Promise<string[]> {
  const endpoint = await maybeOne<{ version: number; overlaps: boolean }>(
    db,
    `select secret_version as version, coalesce(previous_secret_until > now(), false) as overlaps
     from webhook_endpoint where endpoint_id = $1`,
    [endpointId],
  );
  if (!endpoint) return [];
  const versions = [endpoint.version, ...(endpoint.overlaps ? [endpoint.version - 1] : [])];
  const secrets = await Promise.all(versions.map((version) => readSecret(db, keys, secretName(endpointId, version))));
  return secrets.filter((secret) => secret !== undefined);
}

/** Deletes an endpoint with its secrets and messages. False if it does not exist. */
export async function deleteEndpoint(pool: pg.Pool, { endpointId, actor }: EndpointChange): Promise<boolean> {
  return transaction(pool, async (client) => {
    const { rowCount } = await client.query(`delete from webhook_endpoint where endpoint_id = $1`, [endpointId]);
    if (rowCount === 0) return false;
    await forgetSecrets(client, KEY_OF, secretName(endpointId, 0).kind);
    await auditEndpoint(client, 'webhook-endpoint.deleted', actor, { endpointId });
    return true;
  });
}

/** `whsec_` and the base64 of 256 random bits, the form that Standard Webhooks gives to symmetric secrets. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function secretName(endpointId: string, version: number): SecretName {
  return { tenantId: KEY_OF, kind: `webhook:${endpointId}`, name: String(version) };
}
