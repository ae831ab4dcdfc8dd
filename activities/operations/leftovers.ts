import type { Leftover } from '../../contract/operations/messages';
import type { Queryable } from '../../registry/database';
import { listUnreleased, type LedgerRow } from '../../registry/ledger/ledger';
import { listTenantLeftovers } from '../../registry/ledger/tenant-release';
import { findRemoval } from '../../registry/tenants/removals';

/**
 * What compensation of an operation has not released, or a removal has not removed, in the form in which operators see and accept leftovers.
 */
export async function listLeftovers(db: Queryable, operationId: string): Promise<Leftover[]> {
  const removal = await findRemoval(db, operationId);
  const rows = removal?.begun ? await listUnremoved(db, removal.tenantId) : await listUnreleased(db, operationId);
  return rows.map(leftoverOf);
}

/**
 * What is left of a tenant that is being removed. Its reservation and its keys are removed last, so they are leftovers only once everything
 * else is gone.
 */
export async function listUnremoved(db: Queryable, tenantId: string): Promise<LedgerRow[]> {
  const rows = await listTenantLeftovers(db, tenantId);
  const contents = rows.filter(({ step }) => step !== 'reserve');
  return contents.length > 0 ? contents : rows;
}

/** A ledger row as a leftover. */
export function leftoverOf({ kind, provider, region, externalId, name, lastError }: LedgerRow): Leftover {
  return { kind, provider, region, id: externalId ?? name, lastError: lastError ?? 'not released yet' };
}
