import type { LedgerRow } from '../../../registry/ledger';
import type { OperationStatus } from '../../../contract/states';
import type { Leftover } from '../../../contract/messages';
import type { LoggedCall } from '../proxies/effect-log';
import type { Holding } from './holdings';

/** An accepted order and where it stands now. */
export interface Accepted {
  scenario: string;
  operationId: string;
  tenantId: string;
  tenantName: string;
  plan: string;
  /** As the public API says. */
  status: OperationStatus;
  leftovers: readonly Leftover[];
  foreign: readonly string[];
  fatal: boolean;
  cancelled: boolean;
  /** An operator has taken leftovers over by hand. */
  takenOver: boolean;
}

/** A ledger row, as far as the checker reads it. */
export type KnownResource = Pick<
  LedgerRow,
  'tenantId' | 'operationId' | 'step' | 'kind' | 'provider' | 'state' | 'intendedAt'
>;

/** What there is to judge by once everything is quiet. The control arm has it too, in its own way. */
export interface Evidence {
  accepted: readonly Accepted[];
  holdings: readonly Holding[];
  ledger: readonly KnownResource[];
  calls: readonly LoggedCall[];
  /** What the product's own sweeps have met that nobody owned; it may be gone since. */
  strays: readonly Stray[];
}

/** Something nobody owned. */
export interface Stray {
  tenantId: string;
  /** The ledger's word for it. */
  kind: string;
  name: string;
}

/** What an accepted order is found by. */
export function idsOf({ operationId, tenantId, scenario }: Accepted) {
  return { operationId, tenantId, scenario };
}
