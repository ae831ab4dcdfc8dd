import type { z } from 'zod';
import { EXPORT_FORMAT, volumeName } from '../../contract/exports/archive';
import type { exportSchema } from '../../contract/schemas/tenants/export-schema';
import type { Queryable } from '../database';
import { findNewestExport } from '../tenants/exports';

/** A tenant's newest export as the API shows it, or undefined. */
export async function readExport(db: Queryable, tenantId: string): Promise<z.infer<typeof exportSchema> | undefined> {
  const row = await findNewestExport(db, tenantId);
  if (!row) return undefined;
  const { operationId, region, state, recipient, ownIdentity, claimedAt, begunAt, readyAt, expiresAt } = row;
  return {
    tenantId,
    operationId,
    region,
    state,
    format: EXPORT_FORMAT,
    recipient,
    key: ownIdentity ? 'one-time-link' : 'customer',
    ...(claimedAt ? { keyClaimedAt: claimedAt.toISOString() } : {}),
    volumes: row.volumes.map(({ number, bytes, sha256, entries, tables, rows, objects, objectBytes }) => ({
      number,
      name: volumeName(tenantId, number),
      bytes,
      sha256,
      entries,
      tables,
      rows,
      objects,
      objectBytes,
    })),
    begunAt: begunAt.toISOString(),
    ...(readyAt ? { readyAt: readyAt.toISOString() } : {}),
    ...(expiresAt ? { expiresAt: expiresAt.toISOString() } : {}),
  };
}
