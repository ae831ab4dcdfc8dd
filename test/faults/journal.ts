import type { OperationKind } from '../../contract/operations/kinds';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { Archive } from './checker/eyes/in-vault';
import type { Look } from './checker/eyes/look';
import type { InvariantId } from './checker/invariant';
import type { ConnectionChange } from './company';

/** An accepted operation, and the faults and actions it met. */
export interface FaultRun {
  scenario: string;
  /** Missing: `provision`. */
  kind?: OperationKind;
  operationId: string;
  tenantId: string;
  /** The order of its tenant. */
  order: TenantProvisioningRequest;
  /** Foreign resources made beforehand under this tenant's names; they must still be there, unchanged. */
  foreign?: string[];
  /** The fault rules out that the operation succeeds. */
  fatal?: boolean;
  /** An operator has accepted the leftovers. */
  accepted?: boolean;
  /** The removal exports the tenant. */
  exported?: boolean;
  /** The suspension leaves what is there to be read. */
  readOnly?: boolean;
  /** A cancel was accepted. */
  cancelled?: boolean;
  sso?: ConnectionChange;
}

/** Answers to repetitions of one order, or to competing orders for one name. */
export interface Duplicates {
  what: 'same key' | 'same key, other order' | 'same name';
  answers: { status: number; tenantId?: string }[];
}

/** A tenant whose removal has succeeded. */
export interface Removed {
  scenario: string;
  operationId: string;
  tenantId: string;
  /** What named it and its first admin in clear text. */
  names: readonly string[];
}

/** The export of a tenant after an operation that was to make it. */
export interface Exported {
  scenario: string;
  operationId: string;
  tenantId: string;
  /** Whether the operation has succeeded; otherwise nothing of the export may be left. */
  kept: boolean;
  /** What was seen of it in the vault. */
  archive: Archive;
}

/** How often a fault was planned, and how often it really happened. */
export interface Fired {
  planned: number;
  fired: number;
}

/** Everything the checker is told about a run; it finds out the consequences by itself. */
export interface Journal {
  readonly runs: FaultRun[];
  readonly duplicates: Duplicates[];
  /** Tenants that were removed. */
  readonly removed: Removed[];
  /** Tenants as they were seen after operations that were to change them. */
  readonly looks: Look[];
  /** Exports that were made, or given up. */
  readonly exports: Exported[];
  readonly faults: Map<string, Fired>;
  /** Expectations of scenarios that failed at once, by invariant. */
  readonly surprises: { invariant: InvariantId; scenario: string; what: string }[];
  /** Milliseconds from the last fault of a batch until every run of it had its outcome. */
  readonly recoveries: { scenario: string; ms: number }[];
  /** `<kind>` or `<kind>: <where>`. */
  plan(fault: string): void;
  fire(fault: string): void;
  expect(invariant: InvariantId, scenario: string, holds: boolean, what: string): void;
}

/** Creates an empty journal. */
export function createJournal(): Journal {
  const faults = new Map<string, Fired>();
  const of = (fault: string): Fired => {
    const known = faults.get(fault) ?? { planned: 0, fired: 0 };
    faults.set(fault, known);
    return known;
  };
  const surprises: Journal['surprises'] = [];
  return {
    runs: [],
    duplicates: [],
    looks: [],
    removed: [],
    exports: [],
    faults,
    surprises,
    recoveries: [],
    plan: (fault) => void (of(fault).planned += 1),
    fire: (fault) => void (of(fault).fired += 1),
    expect: (invariant, scenario, holds, what) => {
      if (!holds) surprises.push({ invariant, scenario, what });
    },
  };
}
