import { maybeOne, type Queryable } from '../database';

/** A legal hold that stands. */
export interface LegalHold {
  holdId: string;
  /** Null: until it is lifted. */
  until: Date | null;
  placedAt: Date;
  placedBy: string;
}

/** SQL condition for the rows of `legal_hold` that stand now, by the database's clock. */
export const HOLD_STANDS = `legal_hold.lifted_at is null and legal_hold.ended_at is null
  and (legal_hold.until is null or legal_hold.until > clock_timestamp())`;

/**
 * The legal hold that stands on a tenant now; undefined for none. To keep a hold from being placed before the end of the transaction, lock the
 * tenant's row first, see {@link refuseWhileHeld}.
 */
export async function findLegalHold(db: Queryable, tenantId: string): Promise<LegalHold | undefined> {
  return maybeOne<LegalHold>(
    db,
    `select hold_id as "holdId", until, placed_at as "placedAt", placed_by as "placedBy" from legal_hold
     where tenant_id = $1 and ${HOLD_STANDS}`,
    [tenantId],
  );
}

/** A legal hold stands, so nothing of the tenant may be deleted. */
export class LegalHoldStands extends Error {
  override readonly name = 'LegalHoldStands';

  constructor(
    tenantId: string,
    readonly until: Date | null,
  ) {
    const end = until === null ? 'until it is lifted' : `until ${until.toISOString()}, unless it is lifted before`;
    super(`A legal hold stands on tenant ${tenantId} ${end}. Nothing of the tenant is deleted or overwritten.`);
  }
}

/**
 * Throws {@link LegalHoldStands} while a legal hold stands on the tenant. Call it inside the transaction that deletes something of the tenant:
 * a hold cannot be placed until that transaction has ended. Lock the tenant's key and operations before, if at all.
 */
export async function refuseWhileHeld(client: Queryable, tenantId: string): Promise<void> {
  await client.query(`select from tenant where tenant_id = $1 for share`, [tenantId]);
  const hold = await findLegalHold(client, tenantId);
  if (hold) throw new LegalHoldStands(tenantId, hold.until);
}
