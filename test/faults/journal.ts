import type { TenantProvisioningRequest } from '../../contract/order';
import type { InvariantId } from './checker/invariant';

/** An accepted order and what was done to it. */
export interface FaultRun {
  scenario: string;
  operationId: string;
  tenantId: string;
  order: TenantProvisioningRequest;
  /** What somebody else has made under this tenant's names beforehand; must still be there, untouched. */
  foreign?: string[];
  /** The fault leaves no way to become active. */
  fatal?: boolean;
  /** An operator has accepted what is left. */
  accepted?: boolean;
  /** A cancel was accepted. */
  cancelled?: boolean;
}

/** Orders that were one: each answer to a repetition, or to competition for a name. */
export interface Duplicates {
  what: 'same key' | 'same key, other order' | 'same name';
  answers: { status: number; tenantId?: string }[];
}

/** How often something was planned, and how often it really happened. */
export interface Fired {
  planned: number;
  fired: number;
}

/** Everything the checker is told about what was done; what came of it, it finds out by itself. */
export interface Journal {
  readonly runs: FaultRun[];
  readonly duplicates: Duplicates[];
  readonly faults: Map<string, Fired>;
  /** What a scenario expected to see at once, and did not; under the invariant it belongs to. */
  readonly surprises: { invariant: InvariantId; scenario: string; what: string }[];
  /** Milliseconds from the last fault of a batch until every run of it had its outcome. */
  readonly recoveries: { scenario: string; ms: number }[];
  /** `<kind>` or `<kind>: <where>`. */
  plan(fault: string): void;
  fire(fault: string): void;
  expect(invariant: InvariantId, scenario: string, holds: boolean, what: string): void;
}

/** An empty one. */
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
