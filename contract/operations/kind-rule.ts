import type { TenantState } from '../tenants/states';
import type { OperationStatus, Verb } from './states';
import type { Step } from './steps';

/** What the machine of a kind of operation does in one status. */
export interface StateRule {
  /** Statuses the run may move to from here. */
  to: readonly OperationStatus[];
  /** Verbs the API accepts here; any other is a 409 that names these. */
  verbs: readonly Verb[];
}

/** One step of a kind of operation. */
export interface StepRule {
  /** In the Temporal Web UI, the API and the terminal. */
  label: string;
  /** Steps that must have finished before it begins; compensation runs in reverse order. */
  needs: readonly Step[];
  /** It only reads, or only changes the registry's state, so there is nothing to compensate. */
  leavesNothing?: true;
}

/** A kind of operation: all that the machine, the API, the registry, the documentation and the tests need to know of it. */
export interface KindRule {
  /** The type of its workflow. */
  workflow: string;
  /** What it does to a tenant, for people: "Suspend". */
  title: string;
  /** Its steps in order. */
  steps: Partial<Record<Step, StepRule>>;
  /** Its statuses. Validators, the API's 409 answers and the registry's compare-and-set are all derived from this table. */
  states: Partial<Record<OperationStatus, StateRule>>;
  /** States of the tenant in which it may begin; empty for the one that makes the tenant. */
  from: readonly TenantState[];
  /** The tenant's state once the operation has succeeded. Absent: it keeps its state. */
  to?: TenantState;
  /** The tenant's state from acceptance to the end; one that ends without success gives back the state from before. Absent: it keeps its state. */
  meanwhile?: TenantState;
  /** From this step on the run only goes forward: the registry moves the operation to `status` in one compare-and-set. */
  pivot: { step: Step; status: OperationStatus };
  /** Mails the first admin when the operation fails, because the customer waits for its result. */
  customerWaits?: true;
}
