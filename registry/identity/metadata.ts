import type pg from 'pg';
import { SSO_KIND, type MetadataProblem, type SamlConnection } from '../../contract/identity/sso';
import { maybeOne, transaction, type Queryable } from '../database';
import { appendEvent } from '../events/append';

/** A connection whose metadata were given by their URL. */
export interface MetadataToRead {
  tenantId: string;
  /** The operation that was given the connection. */
  operationId: string;
  settings: SamlConnection & { metadataUrl: string };
}

/** The connections of active tenants whose metadata were not read for `seconds`, longest ago first. */
export async function listMetadataToRead(db: Queryable, seconds: number, limit: number): Promise<MetadataToRead[]> {
  const { rows } = await db.query<MetadataToRead>(
    `select sso_connection.tenant_id as "tenantId", sso_connection.operation_id as "operationId", sso_connection.settings
     from sso_connection
       join tenant on tenant.tenant_id = sso_connection.tenant_id and tenant.state = 'active'
       join resource on resource.tenant_id = sso_connection.tenant_id and resource.kind = $3 and resource.state = 'present'
         and resource.settings ->> 'sso' = sso_connection.operation_id
     where sso_connection.settings ? 'metadataUrl' and asked_at <= now() - make_interval(secs => $1)
     order by asked_at limit $2`,
    [seconds, limit, SSO_KIND],
  );
  return rows;
}

/** Records what came of reading a connection's metadata just now: null if they can be used. A change is an event. */
export async function recordMetadata(
  pool: pg.Pool,
  { tenantId, operationId, problem }: { tenantId: string; operationId: string; problem: MetadataProblem | null },
): Promise<void> {
  await transaction(pool, async (client) => {
    const before = await maybeOne<{ problem: MetadataProblem | null }>(
      client,
      `select metadata_problem as problem from sso_connection where operation_id = $1 for update`,
      [operationId],
    );
    // The connection has been replaced and forgotten meanwhile.
    if (!before) return;
    await client.query(`update sso_connection set asked_at = now(), metadata_problem = $2 where operation_id = $1`, [
      operationId,
      problem,
    ]);
    if (before.problem !== problem)
      await appendEvent(client, { tenantId, type: 'sso.metadata', data: { state: problem ?? 'usable' } });
  });
}
