import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { TenantLegalHold } from '../../contract/schemas/tenants/legal-hold-schema';
import type { Queryable } from '../database';
import { cipherBeside, ifReadable, KEY_COLUMN, type KeyColumn, type TenantCipher } from '../keys/tenant-keys';
import { holdContext, liftContext } from '../tenants/legal-hold-changes';
import { HOLD_STANDS } from '../tenants/legal-holds';

interface HoldRow {
  holdId: string;
  stands: boolean;
  placedAt: Date;
  placedBy: string;
  until: Date | null;
  reason: Buffer | null;
  changedAt: Date | null;
  changedBy: string | null;
  liftedAt: Date | null;
  liftedBy: string | null;
  liftReason: Buffer | null;
  key: KeyColumn | null;
}

/** The legal holds of a tenant, newest first. Without the tenant's key they are listed without their reasons. */
export async function listLegalHolds(db: Queryable, keys: KeyWrapper, tenantId: string): Promise<TenantLegalHold[]> {
  const { rows } = await db.query<HoldRow>(
    `select hold_id as "holdId", ${HOLD_STANDS} as stands, placed_at as "placedAt", placed_by as "placedBy", until,
       reason_ciphertext as reason, changed_at as "changedAt", changed_by as "changedBy", lifted_at as "liftedAt", lifted_by as "liftedBy",
       lift_reason_ciphertext as "liftReason", ${KEY_COLUMN}
     from legal_hold left join tenant_key using (tenant_id) where legal_hold.tenant_id = $1 order by placed_at desc, hold_id`,
    [tenantId],
  );
  const key = rows[0]?.key;
  const cipher = key && (await ifReadable(cipherBeside(keys, tenantId, key)));
  return rows.map((row) => viewHold(row, cipher ?? undefined));
}

function viewHold(row: HoldRow, cipher: TenantCipher | undefined): TenantLegalHold {
  const { holdId, stands, placedAt, placedBy, until, reason, changedAt, changedBy, liftedAt, liftedBy, liftReason } =
    row;
  return {
    holdId,
    state: stands ? 'standing' : liftedAt ? 'lifted' : 'ended',
    placedAt: placedAt.toISOString(),
    placedBy,
    ...(until ? { until: until.toISOString() } : {}),
    ...(cipher && reason ? { reason: cipher.open(holdContext(holdId), reason) } : {}),
    ...(changedAt && changedBy ? { changedAt: changedAt.toISOString(), changedBy } : {}),
    ...(liftedAt && liftedBy ? { liftedAt: liftedAt.toISOString(), liftedBy } : {}),
    ...(cipher && liftReason ? { liftReason: cipher.open(liftContext(holdId), liftReason) } : {}),
  };
}
