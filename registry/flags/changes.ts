import type pg from 'pg';
import type { FlagSetting } from '../../contract/flags/flags';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { TenantState } from '../../contract/tenants/states';
import { appendAudit } from '../audit/trail';
import { maybeOne, type Queryable } from '../database';
import { appendEvent } from '../events/append';
import { withTenantCipher } from '../keys/sealed-transaction';
import { TenantKeyDestroyed, type TenantCipher } from '../keys/tenant-keys';
import { flagContext, type SealedChange } from './flags';

/** A change of one flag of a tenant. */
export interface FlagChangeRequest {
  tenantId: string;
  flag: string;
  /** Null: as the plan and the order have it. */
  setting: FlagSetting | null;
  /** Kept encrypted under the tenant's key. */
  reason: string;
  /** `token:<name>` or `user:<name>`. */
  actor: string;
}

/** Result of a {@link FlagChangeRequest}. */
export type FlagChangeOutcome =
  | { outcome: 'changed' | 'unchanged' }
  | { outcome: 'no-tenant' }
  /** The tenant has no flags yet, or is about to lose them. */
  | { outcome: 'not-now'; state: TenantState };

/** States in which a tenant's flags can be changed. */
const CHANGEABLE: readonly TenantState[] = ['active', 'suspended'];

/**
 * Changes a flag, with audit entry and event; a repeated request changes nothing. Whether the plan has the flag and the variant is for the
 * caller to check. Throws `TenantKeyDestroyed` and `KeysUnavailable`.
 */
export async function changeFlag(
  pool: pg.Pool,
  keys: KeyWrapper,
  { tenantId, flag, setting, reason, actor }: FlagChangeRequest,
): Promise<FlagChangeOutcome> {
  return withTenantCipher(pool, keys, tenantId, async (client, cipher): Promise<FlagChangeOutcome> => {
    const tenant = await maybeOne<{ state: TenantState }>(
      client,
      `select state from tenant where tenant_id = $1 for update`,
      [tenantId],
    );
    if (!tenant) return { outcome: 'no-tenant' };
    if (!CHANGEABLE.includes(tenant.state)) return { outcome: 'not-now', state: tenant.state };
    if (!cipher) throw new TenantKeyDestroyed(tenantId);
    const change = JSON.stringify({ setting, reason } satisfies SealedChange);
    if (await stands(client, cipher, { tenantId, flag, change, isReset: setting === null }))
      return { outcome: 'unchanged' };
    const revision = (await newestRevision(client, tenantId)) + 1;
    await client.query(
      `insert into feature_flag_change (tenant_id, flag, revision, ciphertext, changed_by) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, flag) do update set revision = excluded.revision, ciphertext = excluded.ciphertext,
         changed_by = excluded.changed_by, changed_at = clock_timestamp()`,
      [tenantId, flag, revision, cipher.seal(flagContext(flag), change), actor],
    );
    const detail = setting ? { flag, revision, variant: setting.variant } : { flag, revision };
    await appendAudit(client, { tenantId, actor, action: setting ? 'flag.changed' : 'flag.reset', detail });
    await appendEvent(client, { tenantId, type: 'flags.changed', data: { flag, revision } });
    return { outcome: 'changed' };
  });
}

async function newestRevision(client: Queryable, tenantId: string): Promise<number> {
  const row = await maybeOne<{ revision: string | null }>(
    client,
    `select max(revision) as revision from feature_flag_change where tenant_id = $1`,
    [tenantId],
  );
  return Number(row?.revision ?? 0);
}

/** Whether the flag is already as the change would make it. A flag that was never changed, or was reset, need not be reset. */
async function stands(
  client: Queryable,
  cipher: TenantCipher,
  { tenantId, flag, change, isReset }: { tenantId: string; flag: string; change: string; isReset: boolean },
): Promise<boolean> {
  const row = await maybeOne<{ ciphertext: Buffer }>(
    client,
    `select ciphertext from feature_flag_change where tenant_id = $1 and flag = $2`,
    [tenantId, flag],
  );
  if (!row) return isReset;
  const now = cipher.open(flagContext(flag), row.ciphertext);
  return now === change || (isReset && (JSON.parse(now) as SealedChange).setting === null);
}
