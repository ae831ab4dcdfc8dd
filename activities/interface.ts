import type { AcceptedResolution, ApprovalState, Leftover, OperationFailure, Patience } from '../contract/messages';
import type { OperationStatus } from '../contract/states';
import type { Step, StepState } from '../contract/steps';
import type { ResolutionAnswer } from '../registry/resolutions';

/** Input of every activity that belongs to a step. */
export interface StepInput {
  operationId: string;
  step: Step;
  patience?: Patience;
}

/** What step 1 decides. */
export interface Validated {
  region: string;
  /** What the order says of it; null when nothing. Absent in histories of before this was told. */
  residency?: string | null;
  /** Customizations that wait for an approver; empty when none does. */
  approvalsRequired: string[];
  /** Present when the tenant gets a key of its own. */
  ownKey?: true;
}

/** What an approver's signal turned out to be. */
export interface DecisionLoaded {
  /** `ignored`: there is none, or it is unverified where that is not accepted. */
  decision: 'approve' | 'reject' | 'ignored';
  decidedBy: string;
  verified: boolean;
}

/** The activities the workflow calls; implemented by `createActivities`. All throw failures of the catalogue. */
export interface Activities {
  /** Step 1: template, capacity, region against compliance, provider capabilities. Makes nothing. */
  validateOrder(input: StepInput): Promise<Validated>;
  /** Step 2: cells of database, storage and compute, and the host name, in one transaction. */
  reserveResources(input: StepInput & { region: string }): Promise<void>;
  /** Step 2, in the region, where a key of the tenant's own was ordered: makes it and puts the tenant's data key under it. */
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
  /** Step 8. */
  setUpIntegrations(input: StepInput): Promise<void>;
  /** Step 9, what lies in the region, from outside with the tenant's own credentials. */
  verifyRegion(input: StepInput): Promise<void>;
  /** Step 9, the global providers. */
  verifyGlobal(input: StepInput): Promise<void>;
  /** Step 10, the pivot: compare-and-set to `active`. */
  activateTenant(input: StepInput & { steps: StepReport[] }): Promise<{ answer: 'committed' | 'refused' }>;
  /**
   * After the pivot: the subscription begins to charge. A declined charge is recorded as `past_due` and answered; a failure that repeating
   * does not mend is recorded alike, and thrown.
   */
  activateSubscription(input: StepInput): Promise<{ billing: 'active' | 'past_due' }>;
  /** After the pivot: one-time claim link by mail to the tenant's first admin. */
  sendWelcome(input: StepInput): Promise<void>;

  /** Undo of one step: releases its ledger rows, newest first. */
  compensateStep(input: StepInput): Promise<void>;
  /** Writes where the run stands to the registry, with the audit entry. */
  recordProgress(input: ProgressReport): Promise<void>;
  /** After compensation: records the end, or `needs_operator` with what is left. */
  concludeCompensation(input: Conclusion): Promise<{ status: OperationStatus; leftovers: Leftover[] }>;
  /** What a signal decided. */
  loadDecision(input: DecisionInput): Promise<DecisionLoaded>;
  /**
   * An operator's verb takes effect: the resolution is recorded as taken with an audit entry; `amend` replaces the order, `skip` notes the
   * steps left out on the operation, `accept` marks the leftovers as accepted. Doing it twice is the same as once. `unknown`: the registry
   * has no such resolution of this operation and verb, or it was refused.
   */
  takeResolution(input: ResolutionInput): Promise<{ answer: ResolutionAnswer }>;
  /** Mail to approvers: an order waits, or its deadline is near. Best effort: never fails a run. */
  notifyApprovers(input: { operationId: string; reminder?: boolean }): Promise<void>;
  /** Mail to operators about a run that failed, waits for them, or has leftovers. Best effort: never fails a run. */
  notifyOperators(input: OperatorNotice): Promise<void>;
  /** Mail to the customer's first admin that the tenant will not come to be. Best effort; only while the order can be read. */
  notifyCustomer(input: { operationId: string; failure: OperationFailure }): Promise<void>;
  /** A new claim link by mail, voiding the old one. */
  reissueCredentials(input: { tenantId: string; requestedBy: string; reissueId: string }): Promise<void>;
}

/** A step as the run last saw it. */
export interface StepReport {
  id: Step;
  state: StepState;
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
  /** The steps that had failed: what `skip` leaves out. */
  steps: Step[];
}

/** Input of `notifyOperators`. */
export interface OperatorNotice {
  operationId: string;
  failure: OperationFailure;
  status: OperationStatus;
  /** How many times before the operators were told of this run: each time is a mail of its own. */
  occurrence: number;
}

/** Input of `concludeCompensation`. */
export interface Conclusion {
  operationId: string;
  /** The end when nothing is left. */
  status: 'rejected' | 'cancelled' | 'failed';
  failure: OperationFailure;
  approvalState?: ApprovalState;
  /** Absent when this run does not know what its predecessor did. */
  steps?: StepReport[];
}

/** Input of `loadDecision`: asks which decision stands. */
export interface DecisionInput {
  operationId: string;
  /** A decision that was sent by hand. */
  decision?: 'approve' | 'reject';
  comment?: string;
  acceptUnverified: boolean;
  /** The deadline has passed: when no decision stands, none is taken any more. */
  atDeadline?: true;
}
