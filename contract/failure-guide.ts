import type { FailureType } from './failures';

/** Who must act on a failure. */
export type Actor = 'nobody' | 'orderer' | 'approver' | 'operator' | 'developer';

/** What people are told about a failure type. */
export interface FailureGuide {
  /** What has happened. */
  means: string;
  who: Actor;
  /** What they do, with the verb or command where there is one. */
  action: string;
}

/** What each type of the catalogue means to people. Apart from the catalogue, so that workflows need not carry the prose. */
export const FAILURE_GUIDE: Record<FailureType, FailureGuide> = {
  PlanNotFound: {
    means: 'The order names a plan that this installation has no template for.',
    who: 'orderer',
    action: 'Order a plan that `GET /v1/templates` lists.',
  },
  FeatureNotInPlan: {
    means: 'The order asks for an optional feature that the plan’s template does not have.',
    who: 'orderer',
    action: 'Leave the feature out, or order a plan that has it; `GET /v1/templates` lists them.',
  },
  IntegrationNotInPlan: {
    means: 'The order switches on an integration that the plan’s template does not have.',
    who: 'orderer',
    action: 'Leave the integration out, or order a plan that has it; `GET /v1/templates` lists them.',
  },
  CustomizationNotAllowed: {
    means: 'The order changes something of the template that is not among its allowed customizations.',
    who: 'orderer',
    action: 'Leave it out; `GET /v1/templates` lists what may be customized.',
  },
  CustomizationInvalid: {
    means:
      'A customization, or a custom domain, has a value that its rule does not allow. The pointer says which, the message which rule.',
    who: 'orderer',
    action: 'Correct the value and order again.',
  },
  RegionNotFound: {
    means: 'No region of this name is in the regions file of the worker that looked.',
    who: 'orderer',
    action:
      'Choose one of those the message names. If it should be there, an operator gives every worker the same regions file and asks for `retry`.',
  },
  ResidencyNotPossible: {
    means: 'No region lies where `dataResidency` asks for, or the region ordered contradicts it.',
    who: 'orderer',
    action: 'Order what the message says is possible, or leave out the region.',
  },
  TransferNotAllowed: {
    means:
      'Every region that fits would send data of the tenant out of the jurisdictions it may be in: a standby, a copy of the object store, or an integration with a server of its own. The message names the rule and what leads where.',
    who: 'orderer',
    action:
      'Leave out the integration that the pointer names, or order another residency or region; or have an operator change where the copies go, or `allowedJurisdictions`, in the regions file.',
  },
  CapabilityMissing: {
    means:
      'No region that fits can serve the order: a store or a cluster lacks what it needs. The message says which lacks what.',
    who: 'orderer',
    action: 'Order without it, another plan, or another region; or have an operator add the capability to a region.',
  },
  PaymentMethodDeclined: {
    means:
      'The payment method did not pass its check: its bank declined it or wants its owner to authenticate, or it is a direct debit, which needs a mandate that no order carries. In step 10 it was the first charge: then the tenant is active and its billing `past_due`.',
    who: 'orderer',
    action:
      'On hold: `amend` the payment method, or `skip` where the template allows it. Active: settle the invoice with the customer. Else order again with another one.',
  },
  RecoveryNotInPlan: {
    means: 'The order chooses what a failure leads to, and the plan’s template always chooses that itself.',
    who: 'orderer',
    action: 'Leave `recovery` out, or order a plan whose template has `orderMayChoose`.',
  },
  CapacityExhausted: {
    means: 'Every cell that would do is full, or a provider’s own limit is reached. Nothing was overbooked.',
    who: 'operator',
    action:
      'Add a cell or raise its capacity in the regions file and restart the workers, or have the provider’s limit raised; then `retry` a run on hold, or have it ordered again.',
  },
  ResourceNotOurs: {
    means:
      'At a provider there is something of the name that was to be made, and it does not carry our marks. It was left alone.',
    who: 'operator',
    action: 'Find out whose it is and rename or remove it there; then `retry` a run on hold, or have it ordered again.',
  },
  ProviderRefused: {
    means: 'A provider said no, and saying it again will not help: mostly credentials, permissions or a quota.',
    who: 'operator',
    action:
      'Correct what the message names at the provider or in the environment; then `retry` a run on hold, or have it ordered again.',
  },
  ProviderUnavailable: {
    means:
      'It could not be reached, or said that it cannot now, for as long as the template waits for an outage (`recovery.retry.outageSeconds`).',
    who: 'operator',
    action:
      'See that the provider answers again (`GET /readyz`, the worker’s log); then `retry` a run on hold, or have it ordered again.',
  },
  ProviderThrottled: {
    means:
      'It did so for as long as the template waits for an outage (`recovery.retry.outageSeconds`), although its `Retry-After` was honoured.',
    who: 'operator',
    action:
      'Wait, have the provider’s rate limit raised, or raise the template’s `recovery.retry.outageSeconds`; then `retry` a run on hold, or have it ordered again.',
  },
  OutcomeUnknown: {
    means:
      'An answer was an error inside the provider or made no sense, so the provider may have done what was asked. The next attempt looks first; as the failure of a run, no attempt brought certainty.',
    who: 'operator',
    action:
      'See what the provider and the network between have; then `retry` a run on hold, or have it ordered again. Nothing need be removed by hand: undoing looks, too.',
  },
  AnswerLost: {
    means:
      'The connection broke or the answer did not come in time, so the provider may have done what was asked. The next attempt looks first; as the failure of a run, no answer came for as long as the template waits for an outage (`recovery.retry.outageSeconds`).',
    who: 'operator',
    action:
      'See what the provider and the network between have; then `retry` a run on hold, or have it ordered again. Nothing need be removed by hand: undoing looks, too.',
  },
  CompensationBegun: {
    means: 'A late attempt of a step met the undo of its run and made nothing, or removed again what it had just made.',
    who: 'nobody',
    action: 'Nothing: it is the fence at work.',
  },
  VerificationFailed: {
    means:
      'It cannot do what it must, or can do what it must not; the message names each check of step 9 that failed. Nobody got its credentials.',
    who: 'developer',
    action:
      'Find what changed last – the template, its SQL, a provider – and correct it; then `retry` a run on hold, or have it ordered again.',
  },
  BackupUnusable: {
    means:
      'A backup is cut off, was edited, belongs to another tenant, has lost its key, or did not come back as it was when it was restored into a scratch tenant. The message says which. The tenant and its other backups are as they were.',
    who: 'operator',
    action:
      'Ask for a new backup with `POST /v1/tenants/{id}/backups` and have it tested with `:verify`. If that one cannot be used either, look at the vault: somebody or something changes what lies in it.',
  },
  OperationNotFound: {
    means:
      'A run works on an operation that the registry does not have: it was started by hand, or the registry was restored to an older state.',
    who: 'operator',
    action: 'After a restore: let a sweep list what belongs to no operation, `POST /v1/sweeps {"dryRun": true}`.',
  },
  StateConflict: {
    means:
      'Something was asked that the state of the operation does not allow: it has ended, or somebody else came first.',
    who: 'nobody',
    action: 'Read the operation again and ask for one of its `verbs`.',
  },
  ApprovalRejected: {
    means: 'An approver decided against the customization.',
    who: 'orderer',
    action: 'Order again without it, or agree with the approver first.',
  },
  ApprovalExpired: {
    means:
      'Nobody decided within the deadline (`APPROVAL_DEADLINE_HOURS`). Approvers were asked, and reminded when it was near.',
    who: 'approver',
    action: 'Have it ordered again, and decide in time.',
  },
  Cancelled: {
    means: 'Somebody asked for it before the tenant was active.',
    who: 'nobody',
    action: 'Nothing; order again if it was a mistake.',
  },
  RunLost: {
    means: 'The sweeper noticed and started another run, which undid what the lost one had made.',
    who: 'operator',
    action: 'Find out who terminated it, or what happened to the namespace. Order again.',
  },
  CompensationIncomplete: {
    means: 'The time an undo has was over, so the operation waits with its leftovers.',
    who: 'operator',
    action: 'Correct what their last errors name, then `retry`; or `accept` them and remove them by hand.',
  },
  RegistryUnavailable: {
    means:
      'The control plane’s own database is away, full, or changing its primary. Runs wait until it answers, however long that takes; no run ends with this.',
    who: 'operator',
    action: 'Bring the registry’s PostgreSQL back (`GET /readyz`, the worker’s log). The runs go on by themselves.',
  },
  InternalError: {
    means: 'This program did something it should not have done.',
    who: 'developer',
    action: 'Look into the worker’s log for the stack at the time of the failure, and report it.',
  },
};
