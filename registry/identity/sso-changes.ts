import type pg from 'pg';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import { SSO_KIND, withoutSecret, type SsoConnection } from '../../contract/identity/sso';
import { END_STATUSES } from '../../contract/operations/states';
import { transaction, type Queryable } from '../database';
import { readSecret, storeSecret } from '../keys/secrets';
import { findSso } from './sso';

/** Which domains of a connection are not proved. */
export class DomainsNotProved extends Error {
  override readonly name = 'DomainsNotProved';
  constructor(readonly domains: readonly string[]) {
    super('Some domains are not proved.');
  }
}

/**
 * Stores what an operation is to configure, sealed under its id. Call it in the transaction that accepts the operation. Throws
 * {@link DomainsNotProved} unless every domain is proved; they stay so until the end of the transaction.
 */
export async function storeConnection(
  client: pg.ClientBase,
  keys: KeyWrapper,
  { tenantId, operationId, connection }: { tenantId: string; operationId: string; connection: SsoConnection },
): Promise<void> {
  const { rows } = await client.query<{ domain: string }>(
    `select domain from tenant_domain where tenant_id = $1 and state = 'proved' and domain = any($2) for share`,
    [tenantId, connection.domains],
  );
  const proved = new Set(rows.map(({ domain }) => domain));
  const unproved = connection.domains.filter((domain) => !proved.has(domain));
  if (unproved.length > 0) throw new DomainsNotProved(unproved);
  await client.query(`insert into sso_connection (operation_id, tenant_id, settings) values ($1, $2, $3)`, [
    operationId,
    tenantId,
    JSON.stringify(withoutSecret(connection)),
  ]);
  await storeSecret(client, keys, { tenantId, kind: SSO_KIND, name: operationId }, JSON.stringify(connection));
}

/** The connection that a tenant has, with its secret; undefined for none. */
export async function readConnection(
  db: Queryable,
  keys: KeyWrapper,
  tenantId: string,
): Promise<SsoConnection | undefined> {
  const sso = await findSso(db, tenantId);
  const sealed = sso && (await readSecret(db, keys, { tenantId, kind: SSO_KIND, name: sso.operationId }));
  return sealed === undefined ? undefined : (JSON.parse(sealed) as SsoConnection);
}

/** Deletes the connections of operations that have ended, except the one that the tenant has. */
export async function forgetUnusedConnections(pool: pg.Pool, tenantId: string): Promise<void> {
  await transaction(pool, async (client) => {
    const { rows } = await client.query<{ operationId: string }>(
      `delete from sso_connection using operation
       where sso_connection.tenant_id = $1 and operation.operation_id = sso_connection.operation_id and operation.status = any($3)
         and not exists (
           select from resource where resource.tenant_id = $1 and resource.kind = $2
             and sso_connection.operation_id in (settings ->> 'sso', settings_before ->> 'sso'))
       returning sso_connection.operation_id as "operationId"`,
      [tenantId, SSO_KIND, END_STATUSES],
    );
    const names = rows.map(({ operationId }) => operationId);
    await client.query(`delete from secret where tenant_id = $1 and kind = $2 and name = any($3)`, [
      tenantId,
      SSO_KIND,
      names,
    ]);
  });
}
