import type { Isolation } from '../../../contract/orders/order';
import type { Place } from '../cells';

/** The state in which a finished tenant's database should be. */
export interface DatabaseExpectation extends Place {
  tenantId: string;
  isolation: Isolation;
  /** The passwords of the tenant's logins; absent for `pooled`, which has none. */
  passwords?: { app: string; readonly?: string };
  /** Whether the tenant's schema must have an audit trail of its changes. */
  auditTrail?: boolean | undefined;
}
