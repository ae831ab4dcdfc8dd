import type { Isolation } from '../../../contract/order';
import type { Check } from '../../check';
import type { ResourceSecrets } from '../../kind';
import type { Cells, Place } from './cells';
import { verifyLogin } from './verify-login';
import { verifyPooled } from './verify-pooled';

/** What a finished tenant's database should be like. */
export interface DatabaseExpectation extends Place {
  tenantId: string;
  isolation: Isolation;
  /** The tenant's own passwords; none for `pooled`, which has no login. */
  passwords?: { app: string; readonly?: string };
  /** Whether changes must be kept in the tenant's own schema. */
  auditTrail?: boolean | undefined;
}

/**
 * Tries over TCP, with the tenant's own credentials, what it must be able to do and what it must not, and with the probe tenant's whether
 * that one reaches it. Leaves nothing behind. A check that does not hold is an answer; this throws only when a server gives none.
 */
export function verifyDatabase(cells: Cells, expected: DatabaseExpectation, shared: ResourceSecrets): Promise<Check[]> {
  return expected.isolation === 'pooled'
    ? verifyPooled(cells, expected, shared)
    : verifyLogin(cells, { ...expected, isolation: expected.isolation }, shared);
}
