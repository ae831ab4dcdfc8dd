import { createHash } from 'node:crypto';
import type pg from 'pg';
import { EDGE_ROUTE_KIND, type DomainConnection } from '../../contract/edge/route';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { maybeOne, type Queryable } from '../database';
import { acceptChange } from '../operations/change-acceptance';

/** A custom domain whose route at the edge is not as its proof says. */
export interface DueConnection {
  tenantId: string;
  domain: string;
  to: DomainConnection;
}

/** Which connections {@link listDueConnections} lists. */
export interface DueFilter {
  /** Only this tenant's. */
  tenantId?: string;
  /** Leaves out domains that an operation was to connect in the last seconds: what kept it from doing so may still be in the way. */
  unlessTriedFor?: number;
  limit: number;
}

/**
 * The custom domains of active tenants that are proved and not served at the edge, and domains that are served although they are not both
 * proved and the tenant's custom domain any more.
 */
export async function listDueConnections(
  db: Queryable,
  { tenantId, unlessTriedFor = 0, limit }: DueFilter,
): Promise<DueConnection[]> {
  const { rows } = await db.query<DueConnection>(
    `(select tenant.tenant_id as "tenantId", tenant_domain.domain, 'connected' as "to"
      from tenant join tenant_domain on tenant_domain.tenant_id = tenant.tenant_id and tenant_domain.domain = tenant.custom_domain
      where tenant.state = 'active' and tenant.custom_domain is not null and ($2::text is null or tenant.tenant_id = $2)
        and tenant_domain.state = 'proved'
        and not exists (
          select from resource where resource.tenant_id = tenant.tenant_id and kind = $1 and resource.state in ('present', 'changing')
            and settings ->> 'domain' = tenant_domain.domain)
        and not exists (
          select from operation where operation.tenant_id = tenant.tenant_id and kind = 'connect-domain'
            and created_at > now() - make_interval(secs => $3))
      limit $4)
     union all
     (select tenant.tenant_id, settings ->> 'domain', 'disconnected'
      from resource join tenant using (tenant_id)
      where kind = $1 and resource.state in ('present', 'changing') and settings ->> 'domain' is not null
        and tenant.state = 'active' and ($2::text is null or tenant.tenant_id = $2)
        and not exists (
          select from tenant_domain where tenant_domain.tenant_id = tenant.tenant_id and tenant_domain.state = 'proved'
            and tenant_domain.domain = settings ->> 'domain' and tenant_domain.domain = tenant.custom_domain)
      limit $4)
     limit $4`,
    [EDGE_ROUTE_KIND, tenantId ?? null, unlessTriedFor, limit],
  );
  return rows;
}

/**
 * Accepts the operation that connects a domain or disconnects it; the relay of the API starts its run. Undefined if the tenant cannot be changed
 * now, or if the domain's proof is another one by now. Throws `TenantKeyDestroyed`.
 */
export async function acceptConnection(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, domain, to, caller }: DueConnection & { caller: string },
): Promise<string | undefined> {
  try {
    const done = await acceptChange(pool, keys, {
      kind: 'connect-domain',
      tenantId,
      caller,
      requestHash: createHash('sha256').update(`${to} ${domain} ${tenantId}`).digest(),
      parameters: { edge: to },
      alongside: (client) => holdProof(client, { tenantId, domain, to }),
    });
    return done.outcome === 'accepted' ? done.run.operationId : undefined;
  } catch (error) {
    if (error instanceof ProofChanged) return undefined;
    throw error;
  }
}

class ProofChanged extends Error {}

/** The proof of a domain that is to be connected stays until the operation is accepted; one that is to be disconnected has none. */
async function holdProof(client: pg.ClientBase, { tenantId, domain, to }: DueConnection): Promise<void> {
  const held = await maybeOne(
    client,
    `select from tenant_domain join tenant using (tenant_id)
     where tenant_id = $1 and domain = $2 and tenant_domain.state = 'proved' and custom_domain = domain for share of tenant_domain`,
    [tenantId, domain],
  );
  if ((held !== undefined) !== (to === 'connected')) throw new ProofChanged();
}

/** What an operation of the kind `connect-domain` was asked for. */
export interface ConnectRequest {
  tenantId: string;
  /** The domain that the edge is to serve; null for none. */
  domain: string | null;
}

/** What an operation of the kind `connect-domain` was asked for. */
export async function findConnectRequest(db: Queryable, operationId: string): Promise<ConnectRequest | undefined> {
  return maybeOne<ConnectRequest>(
    db,
    `select tenant_id as "tenantId", case when operation.parameters ->> 'edge' = 'connected' then tenant.custom_domain end as domain
     from operation join tenant using (tenant_id) where operation.operation_id = $1 and operation.kind = 'connect-domain'`,
    [operationId],
  );
}

/** Whether the edge serves this host name to a tenant that is in use and has proved it. */
export async function isServedAtEdge(db: Queryable, domain: string): Promise<boolean> {
  const row = await maybeOne(
    db,
    `select from tenant_domain join tenant using (tenant_id) join resource using (tenant_id)
     where tenant_domain.domain = $1 and tenant_domain.state = 'proved' and tenant.state = 'active' and resource.kind = $2
       and resource.state in ('present', 'changing') and settings ->> 'domain' = $1 and settings ->> 'access' = 'open'`,
    [domain, EDGE_ROUTE_KIND],
  );
  return row !== undefined;
}
