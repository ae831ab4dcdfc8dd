import { SSO_KIND, type MetadataProblem, type SsoSettings } from '../../contract/identity/sso';
import { maybeOne, type Queryable } from '../database';

/** What an operation that configures single sign-on was asked for. */
export interface SsoRequest {
  tenantId: string;
  /** Whether the tenant is to have the connection of this operation, or none. */
  connects: boolean;
}

/** What an operation of the kind `configure-sso` was asked for. */
export async function findSsoRequest(db: Queryable, operationId: string): Promise<SsoRequest | undefined> {
  return maybeOne<SsoRequest>(
    db,
    `select tenant_id as "tenantId", coalesce(parameters ->> 'sso' = 'connected', false) as connects
     from operation where operation_id = $1 and kind = 'configure-sso'`,
    [operationId],
  );
}

/** A tenant's single sign-on as the ledger has it. */
export interface TenantSso {
  settings: SsoSettings;
  /** The operation that was given this connection. */
  operationId: string;
  /** Whether an operation is changing it now. */
  changing: boolean;
  since: Date;
  /** Why its SAML metadata cannot be used any more; null if they can, and for other connections. */
  metadataProblem: MetadataProblem | null;
}

/** The connection that a tenant has, or is being given; undefined for none. */
export async function findSso(db: Queryable, tenantId: string): Promise<TenantSso | undefined> {
  return maybeOne<TenantSso>(
    db,
    `select sso_connection.settings, sso_connection.operation_id as "operationId", resource.state = 'changing' as changing,
       sso_connection.created_at as since, metadata_problem as "metadataProblem"
     from resource join sso_connection on sso_connection.operation_id = resource.settings ->> 'sso'
     where resource.tenant_id = $1 and resource.kind = $2 and resource.state in ('present', 'changing')`,
    [tenantId, SSO_KIND],
  );
}
