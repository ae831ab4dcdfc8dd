import type { FailureType } from './failures';

/** Who must act on a failure. */
export type Actor = 'nobody' | 'orderer' | 'approver' | 'operator' | 'developer';

/** The explanation of a failure type for people. */
export interface FailureGuide {
  /** What happened, in sentences that can be read without the title. */
  means: string;
  who: Actor;
  /** What that person does now, with the verb or command where there is one. */
  action: string;
}

/** The explanation of each failure type. It is separate from the catalogue to keep the prose out of the workflow bundle. */
export const FAILURE_GUIDE: Record<FailureType, FailureGuide> = {
  PlanNotFound: {
    means: 'The order names a plan for which this installation has no template.',
    who: 'orderer',
    action: 'Order a plan that `GET /v1/templates` lists.',
  },
  FeatureNotInPlan: {
    means: 'The order asks for an optional feature that the plan’s template does not offer.',
    who: 'orderer',
    action:
      'Leave the feature out, or order a plan that offers it; `GET /v1/templates` lists the features of each plan.',
  },
  IntegrationNotInPlan: {
    means: 'The order enables an integration that the plan’s template does not offer.',
    who: 'orderer',
    action:
      'Leave the integration out, or order a plan that offers it; `GET /v1/templates` lists the integrations of each plan.',
  },
  CustomizationNotAllowed: {
    means: 'The order customizes something that the plan’s template does not allow to be customized.',
    who: 'orderer',
    action: 'Leave the customization out; `GET /v1/templates` lists those that each plan allows.',
  },
  CustomizationInvalid: {
    means:
      'A customization or the custom domain has a value that breaks its rule. The pointer names the field, the message names the rule.',
    who: 'orderer',
    action: 'Correct the value and order again.',
  },
  RegionNotFound: {
    means: 'The regions file of the worker that checked the order has no region of this name.',
    who: 'orderer',
    action:
      'Choose one of the regions that the message names. If the region should exist, an operator gives every worker the same regions file and asks for `retry`.',
  },
  ResidencyNotPossible: {
    means: 'No region satisfies the `dataResidency` of the order, or the region that the order names contradicts it.',
    who: 'orderer',
    action: 'Order a residency that the message lists as possible, or leave the region out.',
  },
  TransferNotAllowed: {
    means:
      'In every region that fits, data of the tenant would leave the jurisdictions it may be in: through a database standby, a copy of the object store, or an integration with a server of its own. The message names the rule, what would leave and where it would go.',
    who: 'orderer',
    action:
      'Leave out the integration that the pointer names, or order another residency or region; or have an operator change the regions file, either where the copies go or `allowedJurisdictions`.',
  },
  CapabilityMissing: {
    means:
      'No region that fits can serve the order: an object store or a cluster lacks a capability that the order needs. The message says which one lacks what.',
    who: 'orderer',
    action:
      'Order without that capability, or another plan or region; or have an operator add the capability to a region.',
  },
  PaymentMethodDeclined: {
    means:
      'The payment method failed its check: the bank declined it or requires its owner to authenticate, or it is a direct debit, which needs a mandate that no order carries. In step 10 it is the first charge that was declined: the tenant is active then, and its billing is `past_due`.',
    who: 'orderer',
    action:
      'On hold: `amend` the payment method, or `skip` where the template allows it. Active: settle the invoice with the customer. Else order again with another payment method.',
  },
  TaxIdRefused: {
    means:
      'The billing provider does not accept a tax id of the order: it knows no such type, or no tax id of that type is written like this.',
    who: 'orderer',
    action: 'Correct the tax id, or leave it out, and order again.',
  },
  RecoveryNotInPlan: {
    means:
      'The order chooses how a permanent failure is handled, and the plan’s template does not let an order choose.',
    who: 'orderer',
    action: 'Leave `recovery` out, or order a plan whose template sets `orderMayChoose`.',
  },
  CapacityExhausted: {
    means: 'Every suitable cell is full, or a provider’s own limit is reached. Nothing was overbooked.',
    who: 'operator',
    action:
      'Add a cell or raise the capacity of one in the regions file and restart the workers, or have the provider’s limit raised; then `retry` a run on hold, or have it requested again.',
  },
  ResourceNotOurs: {
    means:
      'The provider already has a resource of the name that was to be created, and that resource does not carry our marks. It was left untouched.',
    who: 'operator',
    action:
      'Find out who owns the resource, and rename or remove it at the provider; then `retry` a run on hold, or have it requested again.',
  },
  ProviderRefused: {
    means:
      'A provider refused the request, and repeating it will not help. Usual causes are credentials, permissions and quotas.',
    who: 'operator',
    action:
      'Correct what the message names at the provider or in the environment; then `retry` a run on hold, or have it requested again.',
  },
  ProviderUnavailable: {
    means:
      'A provider could not be reached, or answered that it is unavailable for now, for as long as the template waits for an outage (`recovery.retry.outageSeconds`).',
    who: 'operator',
    action:
      'Make sure that the provider that the message names runs, accepts our credentials and can be reached from the region’s worker (its address is in the regions file, the last refusal in the worker’s log); then `retry` a run on hold, or have it requested again.',
  },
  ProviderThrottled: {
    means:
      'A provider kept throttling us for as long as the template waits for an outage (`recovery.retry.outageSeconds`), although we honoured its `Retry-After`.',
    who: 'operator',
    action:
      'Wait, have the provider’s rate limit raised, or raise the template’s `recovery.retry.outageSeconds`; then `retry` a run on hold, or have it requested again.',
  },
  OutcomeUnknown: {
    means:
      'The provider answered with an internal error or with something unintelligible, so it may have done what was asked. The next attempt looks for the result before it repeats the request. When a run ends with this failure, no attempt brought certainty.',
    who: 'operator',
    action:
      'Check the provider that the message names and the network on the way to it; then `retry` a run on hold, or have it requested again. Nothing needs to be corrected by hand: the undo also looks for what the request may have done.',
  },
  AnswerLost: {
    means:
      'The connection broke or the answer did not arrive in time, so the provider may have done what was asked. The next attempt looks for the result before it repeats the request. When a run ends with this failure, no answer arrived for as long as the template waits for an outage (`recovery.retry.outageSeconds`).',
    who: 'operator',
    action:
      'Check the provider that the message names and the network on the way to it; then `retry` a run on hold, or have it requested again. Nothing needs to be corrected by hand: the undo also looks for what the request may have done.',
  },
  CompensationBegun: {
    means:
      'A late attempt of a step found that its run was already being undone. It did nothing, or took back what it had just done.',
    who: 'nobody',
    action: 'Nothing: the fence against late attempts has worked as intended.',
  },
  VerificationFailed: {
    means:
      'A tenant that was provisioned or opened cannot do something it must, or one that was closed can still do something it must not. The message names each check that failed. The credentials of a new tenant were not handed out. In the last step of a removal: not everything that is to be certified was proved; the message names the fields of the certificate, nothing was certified, and the run waits for `retry`, which asks every provider again.',
    who: 'developer',
    action:
      'Find out what changed last – the template, its SQL or a provider – and correct it; then `retry` a run on hold, or have it requested again.',
  },
  BackupUnusable: {
    means:
      'A backup is truncated, was edited, belongs to another tenant, has lost its key, or did not match the original data when it was restored into a scratch tenant. The message says which. The tenant and its other backups are unchanged.',
    who: 'operator',
    action:
      'Ask for a new backup with `POST /v1/tenants/{id}/backups` and have it tested with `:verify`. If that one is unusable too, investigate the vault: a person or a program is changing its content.',
  },
  OperationNotFound: {
    means:
      'A run works on an operation that the registry does not have: the run was started by hand, or the registry was restored to an older state.',
    who: 'operator',
    action: 'After a restore, let a sweep list what belongs to no operation: `POST /v1/sweeps {"dryRun": true}`.',
  },
  StateConflict: {
    means:
      'The state of the operation does not allow the request: the operation has ended, or another request came first.',
    who: 'nobody',
    action: 'Read the operation again and use one of its `verbs`.',
  },
  ApprovalRejected: {
    means: 'An approver rejected the customization.',
    who: 'orderer',
    action: 'Order again without the customization, or agree on it with the approver first.',
  },
  ApprovalExpired: {
    means:
      'No approver decided before the deadline (`APPROVAL_DEADLINE_HOURS`). The approvers were asked, and reminded when it was near.',
    who: 'approver',
    action: 'Have it ordered again, and decide in time.',
  },
  Cancelled: {
    means: 'A cancellation was requested while everything could still be undone.',
    who: 'nobody',
    action: 'Nothing; request the operation again if the cancellation was a mistake.',
  },
  RunLost: {
    means:
      'The run of the operation was terminated, or its history is gone. The sweeper noticed and started another run, which undid what the lost one had done.',
    who: 'operator',
    action: 'Find out who terminated the run, or what happened to the Temporal namespace. Request the operation again.',
  },
  CompensationIncomplete: {
    means:
      'The undo, or the removal of a tenant, did not finish within its time (`COMPENSATION_SECONDS`), so the operation waits for an operator with its leftovers.',
    who: 'operator',
    action:
      'Correct what the last errors of the leftovers name, then `retry`; or `accept` them and put them right by hand.',
  },
  RegistryUnavailable: {
    means:
      'The control plane’s own database is unreachable, full, or failing over. Runs wait until it answers, however long that takes; no run ends with this failure.',
    who: 'operator',
    action:
      'Bring the registry’s PostgreSQL back (`/readyz` of the API and the worker’s log say what they cannot reach). The runs continue by themselves.',
  },
  InternalError: {
    means: 'The tenant provisioner itself has a defect.',
    who: 'developer',
    action: 'Find the stack trace in the worker’s log at the time of the failure, and report it.',
  },
};
