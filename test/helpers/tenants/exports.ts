import { randomBytes } from 'node:crypto';
import { hashClaimToken } from '../../../registry/credentials/claim-tokens';
import { beginExport, completeExport, recordVolume } from '../../../registry/tenants/exports';
import type { TestRegistry } from '../registry';

/** Stands in for the worker's part: an export of two volumes, with a key of its own. Without a token for the key it is not ready yet. */
export async function makeExport(
  { pool, keys }: Pick<TestRegistry, 'pool' | 'keys'>,
  {
    tenantId,
    operationId,
    secret = randomBytes(32),
    token,
  }: { tenantId: string; operationId: string; secret?: Buffer; token?: string },
): Promise<void> {
  const identity = await keys.wrap(tenantId, secret);
  const { attempt } = (await beginExport(pool, {
    operationId,
    tenantId,
    region: 'eu',
    recipient: 'age1test',
    identity,
  }))!;
  const volume = {
    bytes: 10,
    sha256: 'a'.repeat(64),
    manifestSha256: 'b'.repeat(64),
    entries: 3,
    tables: 1,
    rows: 2,
  };
  const objects = { objects: 1, objectBytes: 4, lastObject: null };
  for (const number of [1, 2])
    await recordVolume(
      pool,
      { operationId, attempt },
      { number, key: `export/${number}`, last: number === 2, ...volume, ...objects },
    );
  if (token !== undefined) await completeExport(pool, { operationId, attempt }, hashClaimToken(token));
}
