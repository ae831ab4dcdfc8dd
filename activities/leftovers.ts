import type { Leftover } from '../contract/messages';
import type { Queryable } from '../registry/database';
import { listUnreleased } from '../registry/ledger';

/** What compensation of an operation has not released, as operators are told and as they name it again. */
export async function listLeftovers(db: Queryable, operationId: string): Promise<Leftover[]> {
  const rows = await listUnreleased(db, operationId);
  return rows.map(({ kind, provider, region, externalId, name, lastError }) => ({
    kind,
    provider,
    region,
    id: externalId ?? name,
    lastError: lastError ?? 'not released yet',
  }));
}
