import type { Check } from '../../port/check';
import type { ResourceSecrets } from '../../port/kind';
import type { Cells } from '../cells';
import type { DatabaseExpectation } from './expectation';
import { verifyLogin } from './verify-login';
import { verifyPooled } from './verify-pooled';

/**
 * Connects over TCP with the tenant's own credentials and tries what must be allowed and what must be refused. Then tries, with the probe
 * tenant's credentials, to reach the tenant's data. Leaves nothing behind. A failed check is a result; this throws only if a server gives
 * no answer.
 */
export function verifyDatabase(cells: Cells, expected: DatabaseExpectation, shared: ResourceSecrets): Promise<Check[]> {
  return expected.isolation === 'pooled'
    ? verifyPooled(cells, expected, shared)
    : verifyLogin(cells, { ...expected, isolation: expected.isolation }, shared);
}
