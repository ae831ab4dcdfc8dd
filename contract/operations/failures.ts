/**
 * What a failure means for the run.
 * - `retryable`: it may pass by itself; the step is retried with back-off.
 * - `permanent`: it will not pass by itself; the run compensates.
 * - `user-fault`: the order is wrong; the run compensates and names the field to correct.
 * - `unknown`: the effect may or may not have happened; `find` resolves it on the next attempt.
 * The class does not decide whether a failure uses up one of the step's attempts: see {@link isOutage}.
 */
export type FailureClass = 'retryable' | 'permanent' | 'user-fault' | 'unknown';

/** Every failure type of this project: machine name → class and a title for people. There is one type per cause. */
export const FAILURES = {
  // the order
  PlanNotFound: { class: 'user-fault', title: 'There is no template for this plan' },
  FeatureNotInPlan: { class: 'user-fault', title: 'A feature is not part of the plan' },
  IntegrationNotInPlan: { class: 'user-fault', title: 'An integration is not part of the plan' },
  CustomizationNotAllowed: { class: 'user-fault', title: 'The template does not allow this customization' },
  CustomizationInvalid: { class: 'user-fault', title: 'A customization breaks a rule of the template' },
  RegionNotFound: { class: 'user-fault', title: 'There is no such region' },
  ResidencyNotPossible: { class: 'user-fault', title: 'No region satisfies the data residency asked for' },
  TransferNotAllowed: { class: 'user-fault', title: 'The tenant’s data would leave the jurisdictions it may be in' },
  CapabilityMissing: { class: 'user-fault', title: 'The region cannot serve what the order needs' },
  PaymentMethodDeclined: { class: 'user-fault', title: 'The payment method was not accepted' },
  TaxIdRefused: { class: 'user-fault', title: 'A tax id was not accepted' },
  RecoveryNotInPlan: { class: 'user-fault', title: 'The plan does not let an order choose how a failure is handled' },
  // the platform
  CapacityExhausted: { class: 'permanent', title: 'No free capacity in the region' },
  ResourceNotOurs: { class: 'permanent', title: 'A resource of this name already exists and is not ours' },
  ProviderRefused: { class: 'permanent', title: 'A provider refused the request' },
  ProviderUnavailable: { class: 'retryable', title: 'A provider did not answer' },
  ProviderThrottled: { class: 'retryable', title: 'A provider asked us to slow down' },
  OutcomeUnknown: { class: 'unknown', title: 'A provider may or may not have carried out the request' },
  AnswerLost: { class: 'unknown', title: 'A provider’s answer was lost' },
  CompensationBegun: { class: 'permanent', title: 'The run is being compensated; nothing more is done' },
  VerificationFailed: { class: 'permanent', title: 'The tenant did not pass its checks' },
  BackupUnusable: { class: 'permanent', title: 'A backup cannot be read or restored' },
  OperationNotFound: { class: 'permanent', title: 'There is no such operation' },
  StateConflict: { class: 'permanent', title: 'The operation is not in a state that allows this' },
  // the run
  ApprovalRejected: { class: 'user-fault', title: 'An approver rejected the order' },
  ApprovalExpired: { class: 'user-fault', title: 'No approver decided before the deadline' },
  Cancelled: { class: 'user-fault', title: 'The operation was cancelled' },
  RunLost: { class: 'permanent', title: 'The run was terminated, or its history is gone' },
  CompensationIncomplete: { class: 'permanent', title: 'Some resources could not be released or changed back' },
  RegistryUnavailable: { class: 'retryable', title: 'The registry does not answer' },
  InternalError: { class: 'permanent', title: 'The tenant provisioner has a defect' },
} as const satisfies Record<string, { class: FailureClass; title: string }>;

/** One of the types in {@link FAILURES}. */
export type FailureType = keyof typeof FAILURES;

const OUTAGES: readonly FailureType[] = [
  'ProviderUnavailable',
  'ProviderThrottled',
  'AnswerLost',
  'RegistryUnavailable',
];

/** Whether a failure leaves a request undecided: no answer, or "not now". Such failures use up a step's time, but not its attempts. */
export function isOutage(type: string | null | undefined): boolean {
  return (OUTAGES as readonly unknown[]).includes(type);
}

/** Whether a text is a type of the catalogue. */
export function isFailureType(type: string | null | undefined): type is FailureType {
  return typeof type === 'string' && Object.hasOwn(FAILURES, type);
}
