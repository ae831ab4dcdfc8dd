import { BACKUP_STATES, RESTORE_STATES } from '../backups/backups';
import { PAYMENT_STATES } from '../billing/billing';
import { BILLING_PROBLEMS } from '../billing/problems';
import { EXPORT_STATES } from '../exports/archive';
import { DOMAIN_CHANGES } from '../identity/domains';
import { METADATA_PROBLEMS } from '../identity/sso';
import { ALERT_SEVERITIES } from '../monitoring/alerts';
import { FINDING_REASONS } from '../maintenance/sweeps';
import { FAILURES, type FailureType } from '../operations/failures';
import { RESOLUTION_VERBS, STATUSES } from '../operations/states';
import { STEP_STATES, STEPS } from '../operations/steps';
import { TENANT_STATES } from '../tenants/states';
import { TRIAL_ENDS, TRIAL_OVER } from '../tenants/trials';
import { flag, id, listOf, number, oneOf, optional, time, type DataOf, type EventField } from './fields';

const status = oneOf(STATUSES);
const step = oneOf(STEPS);
const failure = oneOf(Object.keys(FAILURES) as FailureType[]);
const tenantState = oneOf(TENANT_STATES);
const alert = { alert: id, severity: oneOf(ALERT_SEVERITIES), since: time, receivers: optional(listOf(id)) };
const quota = { meter: id, used: number, limit: number, periodBegins: time, periodEnds: time };

/** Every type of event, with a description and the fields of its data. */
export const EVENTS = {
  'operation.status': {
    description: 'An operation was accepted, in which case `from` is absent, or has moved to another status.',
    data: { from: optional(status), status, failure: optional(failure), step: optional(step) },
  },
  'operation.held': {
    description: 'A step has failed permanently, and the run waits for an operator until the given time.',
    data: { until: optional(time), failure: optional(failure), step: optional(step) },
  },
  'operation.leftovers': {
    description:
      'The number of resources that could not be released or changed back, and therefore need an operator, has changed.',
    data: { count: number },
  },
  'step.state': {
    description: 'A step of an operation is in another state than before.',
    data: { step, state: oneOf(STEP_STATES) },
  },
  'step.attempt': {
    description:
      'An attempt of one of the activities of a step has failed, or has begun after a failed one. `nextTry`: when the next is planned; absent if none is.',
    data: {
      step,
      activityId: id,
      attempt: number,
      direction: oneOf(['forward', 'compensation']),
      state: oneOf(['begun', 'failed']),
      failure: optional(failure),
      nextTry: optional(time),
    },
  },
  'resource.state': {
    description:
      'A resource of a tenant is there, is being changed, or is gone. `accepted`: an operator has accepted that it is left over.',
    data: {
      step,
      kind: id,
      provider: id,
      region: id,
      state: oneOf(['present', 'changing', 'absent', 'scheduled_for_deletion', 'accepted']),
    },
  },
  'approval.asked': {
    description: 'An operation waits for an approver to decide, at most until the deadline.',
    data: { deadline: optional(time) },
  },
  'approval.decided': {
    description: 'An approver has decided. `verified` is false if the decision did not come through the API.',
    data: { decisionId: id, decision: oneOf(['approve', 'reject']), verified: flag },
  },
  'approval.expired': {
    description: 'The deadline of an approval has passed without a decision.',
    data: {},
  },
  'resolution.taken': {
    description: 'A run has carried out an operator’s resolution, which concerns these failed steps.',
    data: { resolutionId: id, verb: oneOf(RESOLUTION_VERBS), steps: listOf(step) },
  },
  'tenant.state': {
    description: 'A tenant has moved to another state.',
    data: { from: optional(tenantState), state: tenantState },
  },
  'legal-hold.placed': {
    description:
      'A legal hold was placed on a tenant: nothing of it is deleted until the given time, or until the hold is lifted.',
    data: { holdId: id, until: optional(time) },
  },
  'legal-hold.changed': {
    description:
      'The reason or the end of a legal hold was changed; it now stands until the given time, or until it is lifted.',
    data: { holdId: id, until: optional(time) },
  },
  'legal-hold.lifted': {
    description: 'A legal hold was lifted.',
    data: { holdId: id },
  },
  'legal-hold.ended': {
    description: 'The end of a legal hold has passed.',
    data: { holdId: id },
  },
  'trial.began': {
    description: 'A tenant has become active on trial; at the given time the operation `then` begins.',
    data: { endsAt: time, then: oneOf(TRIAL_ENDS) },
  },
  'trial.moved': {
    description: 'The end of a trial was moved; a trial whose time had passed goes on.',
    data: { endsAt: time, then: oneOf(TRIAL_ENDS) },
  },
  'trial.ended': {
    description: 'A trial has ended: the customer pays, or its time has passed.',
    data: { because: oneOf(TRIAL_OVER) },
  },
  'flags.changed': {
    description:
      'A feature flag of a tenant was changed, or is as ordered again. `revision` counts the changes of all flags of the tenant.',
    data: { flag: id, revision: number },
  },
  'billing.state': {
    description: 'The first charge of a tenant has succeeded, or is past due.',
    data: { state: oneOf(['active', 'past_due']) },
  },
  'billing.payment': {
    description:
      'A payment of a tenant has succeeded, has failed, or needs its owner’s authentication. `invoice` is the billing provider’s id, `attempts` how often the payment was tried.',
    data: { state: oneOf(PAYMENT_STATES), invoice: id, attempts: number },
  },
  'billing.finding': {
    description:
      'Something in billing that operators should look at was found, or is not so any more, or was resolved. It has a tenant unless it belongs to none. `object` is the billing provider’s id.',
    data: { findingId: id, problem: oneOf(BILLING_PROBLEMS), object: id, state: oneOf(['found', 'ended']) },
  },
  'export.state': {
    description: 'The export of a tenant that leaves has begun, is ready, or is being removed.',
    data: { state: oneOf(EXPORT_STATES) },
  },
  'backup.state': {
    description: 'A backup has moved to another state. `discarded`: it was requested, and then could not be started.',
    data: { backupId: id, state: oneOf([...BACKUP_STATES, 'discarded']) },
  },
  'restore-test.state': {
    description: 'The test that a backup can be restored has begun or ended.',
    data: { backupId: id, state: oneOf(RESTORE_STATES) },
  },
  'restore.state': {
    description: 'The restore of a tenant from a backup has begun or ended.',
    data: { backupId: id, state: oneOf(RESTORE_STATES) },
  },
  'domain.state': {
    description:
      'A domain of a tenant was claimed, proved, withdrawn or removed, or the record of a proved one is missing. A withdrawn one was missing for seven days.',
    data: { domainId: id, state: oneOf(DOMAIN_CHANGES) },
  },
  'sso.metadata': {
    description:
      'The SAML metadata of a tenant’s single sign-on can no longer be used when they are read again, or can be used again. `other-entity`: they name another identity provider. People sign in as before meanwhile.',
    data: { state: oneOf(['usable', ...METADATA_PROBLEMS]) },
  },
  'usage.quota-near': {
    description:
      'A tenant has used the share of a limit at which its plan calls it near. Once for each meter and period of the limit.',
    data: quota,
  },
  'usage.quota-reached': {
    description: 'A tenant has used all of a limit, or more. Once for each meter and period of the limit.',
    data: quota,
  },
  'alert.firing': {
    description:
      'A condition that the plan watches holds for a tenant since the given time. `receivers`: the only webhook endpoints that are told, where the order names some.',
    data: alert,
  },
  'alert.resolved': {
    description:
      'An alert of a tenant does not fire any more, or the tenant was suspended. `since`: when it had begun to fire.',
    data: alert,
  },
  'quarantine.found': {
    description: 'A sweep has put into quarantine a resource without an owner, or an operation that has lost its run.',
    data: { findingId: id, reason: oneOf(FINDING_REASONS), kind: id, provider: id, region: id },
  },
  'quarantine.ended': {
    description: 'A finding is out of quarantine: resolved, or released because nothing had to be done.',
    data: { findingId: id, state: oneOf(['resolved', 'released']) },
  },
  'evidence.recorded': {
    description: 'Answers about a tenant were recorded as evidence; `failed` of them are not as they should be.',
    data: { askedBy: id, answers: number, failed: number },
  },
} as const satisfies Record<string, { description: string; data: Record<string, EventField> }>;

/** A name from {@link EVENTS}. */
export type EventType = keyof typeof EVENTS;

/** An event to append. */
export type NewEvent = {
  [Type in EventType]: {
    type: Type;
    tenantId?: string | null;
    operationId?: string | null;
    data: DataOf<(typeof EVENTS)[Type]['data'], Date>;
  };
}[EventType];

/**
 * A numbered event. While workers of two versions run side by side, an older one may read types that its catalogue does not have, so
 * readers ignore types they do not know.
 */
export type NumberedEvent = {
  [Type in EventType]: {
    /** Numbers have no gaps, and an event that depends on another has the higher number. */
    sequence: number;
    at: Date;
    type: Type;
    tenantId: string | null;
    operationId: string | null;
    data: DataOf<(typeof EVENTS)[Type]['data'], string>;
  };
}[EventType];
