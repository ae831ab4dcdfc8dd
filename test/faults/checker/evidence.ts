import type { LedgerRow } from '../../../registry/ledger/ledger';
import type { OperationKind } from '../../../contract/operations/kinds';
import type { TenantState } from '../../../contract/tenants/states';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Leftover } from '../../../contract/operations/messages';
import type { LoggedCall } from '../proxies/effect-log';
import type { Holding } from './holdings';

/** An accepted operation and its current state. */
export interface Accepted {
  scenario: string;
  kind: OperationKind;
  operationId: string;
  tenantId: string;
  tenantName: string;
  plan: string;
  /** As the public API reports it. */
  status: OperationStatus;
  leftovers: readonly Leftover[];
  foreign: readonly string[];
  fatal: boolean;
  cancelled: boolean;
  /** An operator has accepted the leftovers. */
  takenOver: boolean;
  /** Its tenant's state. */
  tenantState: TenantState;
}

/** The members of a ledger row that the checker reads. */
export type KnownResource = Pick<
  LedgerRow,
  'tenantId' | 'operationId' | 'step' | 'kind' | 'provider' | 'state' | 'intendedAt'
>;

/** Everything to judge by once no run is active. The control arm provides it too, in its own way. */
export interface Evidence {
  accepted: readonly Accepted[];
  holdings: readonly Holding[];
  ledger: readonly KnownResource[];
  calls: readonly LoggedCall[];
  /** Orphans that the product's own sweeps found; they may be gone since. */
  orphans: readonly Orphan[];
}

/** A resource without an owner. */
export interface Orphan {
  tenantId: string;
  /** Kind as the ledger names it. */
  kind: string;
  name: string;
}

/** The orders of tenants; the other operations change a tenant that is there. */
export function ordersOf(accepted: readonly Accepted[]): Accepted[] {
  return accepted.filter(({ kind }) => kind === 'provision');
}

/** The orders of tenants that can be used: of those, none has a change that an operator has to look after. */
export function usable(accepted: readonly Accepted[]): Accepted[] {
  const stuck = new Set(
    accepted.flatMap(({ kind, status, takenOver, tenantId }) =>
      kind !== 'provision' && (status === 'needs_operator' || takenOver) ? [tenantId] : [],
    ),
  );
  return ordersOf(accepted).filter(
    ({ status, tenantState, tenantId }) => status === 'active' && tenantState === 'active' && !stuck.has(tenantId),
  );
}

/** The ids that identify an accepted operation. */
export function idsOf({ operationId, tenantId, scenario }: Accepted) {
  return { operationId, tenantId, scenario };
}
