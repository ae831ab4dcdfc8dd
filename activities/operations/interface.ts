import type { TenantNotice } from '../../contract/maintenance/customer-mail';
import type { AcceptedResolution, ApprovalState, Leftover, OperationFailure } from '../../contract/operations/messages';
import type { OperationStatus } from '../../contract/operations/states';
import type { Access } from '../../contract/tenants/access';
import type { Step } from '../../contract/operations/steps';
import type { ResolutionAnswer } from '../../registry/operations/resolutions';
import type { DomainConnectionActivities } from '../edge/interface';
import type { SsoActivities } from '../identity/interface';
import type { RemovalActivities } from '../removal/interface';
import type { StepInput, StepReport } from './step';

export type { StepInput, StepReport };

/** The result of step 1. */
export interface Validated {
  region: string;
  /** The residency that the order asks for; null for none. Absent in histories recorded before this member existed. */
  residency?: string | null;
  /** Customizations that need an approval; empty when none does. */
  approvalsRequired: string[];
  /** Present when the tenant gets a key of its own. */
  ownKey?: true;
}

/** The approval decision that stands for an operation. */
export interface DecisionLoaded {
  /** `ignored`: there is no decision, or it is unverified and unverified ones are not accepted. */
  decision: 'approve' | 'reject' | 'ignored';
  decidedBy: string;
  verified: boolean;
}

/** The activities of a run, implemented by `createActivities`. All throw failures of the catalogue. */
export interface Activities extends RemovalActivities, SsoActivities, DomainConnectionActivities {
  /** Step 1: checks template, capacity, the region's compliance and the providers' capabilities. Makes nothing. */
  validateOrder(input: StepInput): Promise<Validated>;
  /** Step 2: reserves cells of database, storage and compute, and the host name, in one transaction. */
  reserveResources(input: StepInput & { region: string }): Promise<void>;
  /** Step 2, in the region, for an order with a key of the tenant's own: makes that key, and a new data key under it. */
  provisionOwnKey(input: StepInput): Promise<void>;
  /** Step 3. */
  provisionDatabase(input: StepInput): Promise<void>;
  /** Step 4. */
  provisionStorageAndCompute(input: StepInput): Promise<void>;
  /** Step 5. */
  configureSecurity(input: StepInput): Promise<void>;
  /** Step 6. */
  configureApplication(input: StepInput): Promise<void>;
  /** Step 7. */
  createOrganization(input: StepInput): Promise<void>;
  /** Step 8. `again`: the tenant was provisioned before, and what was lost since is made again. */
  setUpIntegrations(input: StepInput & { again?: true }): Promise<void>;
  /** Step 9, in the region: tries its resources from outside, with the tenant's own credentials. */
  verifyRegion(input: StepInput): Promise<void>;
  /** Step 9, at the global providers. */
  verifyGlobal(input: StepInput): Promise<void>;
  /** Step 10, the pivot: compare-and-set to `active`. `onTrial`: the tenant's trial has begun. */
  activateTenant(
    input: StepInput & { steps: StepReport[] },
  ): Promise<{ answer: 'committed' | 'refused'; onTrial?: true }>;
  /**
   * After the pivot: the subscription begins to charge. A declined charge is recorded as `past_due` and returned; a failure that retrying
   * cannot cure is recorded as `past_due`, too, and thrown.
   */
  activateSubscription(input: StepInput): Promise<{ billing: 'active' | 'past_due' }>;
  /**
   * Gives every resource that the step is about the tenant's new access. What was there before is kept in the ledger, so that
   * `compensateStep` can go back to it.
   */
  changeAccess(input: StepInput & { access: Access }): Promise<void>;
  /** Tries from outside, at the providers of the region or the `global` ones, that the tenant has this access to what it has. */
  verifyAccess(input: StepInput & { access: Access; region: string }): Promise<void>;
  /** The pivot of an operation that changes a tenant: compare-and-set to `completed`, and the tenant's new state with it. */
  completeOperation(input: StepInput & { steps: StepReport[] }): Promise<{ answer: 'committed' | 'refused' }>;
  /**
   * Compares what the tenant has of a step with the ledger, records each difference, and mends it unless `dryRun` is set: what was changed
   * is changed back, and what was lost is made again where that loses nothing. The rest is left to a person.
   */
  reconcileStep(input: StepInput & { dryRun: boolean }): Promise<void>;
  /** After the pivot: mails the tenant's first admin a one-time claim link. */
  sendWelcome(input: StepInput): Promise<void>;

  /** Undoes one step: takes back what it changed, and releases what it made, newest first. */
  compensateStep(input: StepInput): Promise<void>;
  /** Writes the run's status to the registry, with its audit entry. */
  recordProgress(input: ProgressReport): Promise<void>;
  /** After compensation: records the final status, or `needs_operator` with the leftovers. */
  concludeCompensation(input: Conclusion): Promise<{ status: OperationStatus; leftovers: Leftover[] }>;
  /** Loads the decision that stands, after recording one that was sent by hand. */
  loadDecision(input: DecisionInput): Promise<DecisionLoaded>;
  /**
   * Makes an operator's verb take effect: records the resolution as taken, with an audit entry; `amend` replaces the order, `skip` notes
   * the skipped steps on the operation, `accept` marks the leftovers as accepted. Doing it twice is the same as doing it once. `unknown`:
   * the registry has no such resolution of this operation and verb, or it was refused.
   */
  takeResolution(input: ResolutionInput): Promise<{ answer: ResolutionAnswer }>;
  /** Mails the approvers that an order waits for them, or that its deadline is near. Best effort: never fails a run. */
  notifyApprovers(input: { operationId: string; reminder?: boolean }): Promise<void>;
  /** Mails the operators about a run that failed, waits for them or has leftovers. Best effort: never fails a run. */
  notifyOperators(input: OperatorNotice): Promise<void>;
  /** Mails the customer's first admin that the tenant will not be set up. Best effort; possible only while the order can be read. */
  notifyCustomer(input: { operationId: string; failure: OperationFailure }): Promise<void>;
  /**
   * Mails the tenant's first admin about a change of the tenant: once for each operation and subject, or for each reminder of a trial's end.
   * Best effort. Nothing is sent that is no longer true.
   */
  notifyTenant(input: { operationId: string; about: TenantNotice }): Promise<void>;
  /** Mails the tenant's first admin a new claim link, which voids the old one. */
  reissueCredentials(input: { tenantId: string; requestedBy: string; reissueId: string }): Promise<void>;
}

/** Input of `recordProgress`. */
export interface ProgressReport {
  operationId: string;
  status: OperationStatus;
  region?: string;
  approvalState?: ApprovalState;
  /** ISO 8601. */
  approvalDeadline?: string;
  failure?: OperationFailure;
  /** ISO 8601; with `on_hold`. */
  holdUntil?: string;
}

/** Input of `takeResolution`. */
export interface ResolutionInput extends AcceptedResolution {
  operationId: string;
  /** The failed steps, which `skip` leaves out. */
  steps: Step[];
}

/** Input of `notifyOperators`. */
export interface OperatorNotice {
  operationId: string;
  failure: OperationFailure;
  status: OperationStatus;
  /** How many times the operators were notified about this run before; each time is a mail of its own. */
  occurrence: number;
}

/** Input of `concludeCompensation`. */
export interface Conclusion {
  operationId: string;
  /** The final status if nothing is left. */
  status: 'rejected' | 'cancelled' | 'failed';
  failure: OperationFailure;
  approvalState?: ApprovalState;
  /** Absent when this run does not know what its predecessor did. */
  steps?: StepReport[];
}

/** Input of `loadDecision`: asks which decision stands. */
export interface DecisionInput {
  operationId: string;
  /** A decision that was sent by hand, past the API. */
  decision?: 'approve' | 'reject';
  comment?: string;
  acceptUnverified: boolean;
  /** The deadline has passed: if no decision stands, none is accepted any more. */
  atDeadline?: true;
}
