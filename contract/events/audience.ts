import type { EventType } from './events';

/**
 * Who may see an event: callers that see its operation, callers that see its tenant, or operators. An event is shown to the same callers as
 * the resource of the API that it reports on.
 */
export const AUDIENCES = ['operation', 'tenant', 'operators'] as const;

/** One of {@link AUDIENCES}. */
export type Audience = (typeof AUDIENCES)[number];

const SHOWN_TO: Record<EventType, Audience> = {
  'operation.status': 'operation',
  'operation.held': 'operation',
  'operation.leftovers': 'operation',
  'step.state': 'operation',
  'step.attempt': 'operation',
  'resource.state': 'operation',
  'approval.asked': 'operation',
  'approval.decided': 'operation',
  'approval.expired': 'operation',
  'resolution.taken': 'operation',
  'tenant.state': 'tenant',
  'legal-hold.placed': 'tenant',
  'legal-hold.changed': 'tenant',
  'legal-hold.lifted': 'tenant',
  'legal-hold.ended': 'tenant',
  'trial.began': 'tenant',
  'trial.moved': 'tenant',
  'trial.ended': 'tenant',
  'flags.changed': 'tenant',
  'billing.state': 'tenant',
  'billing.payment': 'tenant',
  'billing.finding': 'operators',
  'export.state': 'tenant',
  'backup.state': 'tenant',
  'restore-test.state': 'tenant',
  'restore.state': 'tenant',
  'evidence.recorded': 'tenant',
  'domain.state': 'tenant',
  'sso.metadata': 'tenant',
  'usage.quota-near': 'tenant',
  'usage.quota-reached': 'tenant',
  'alert.firing': 'tenant',
  'alert.resolved': 'tenant',
  'quarantine.found': 'operators',
  'quarantine.ended': 'operators',
};

/** Whether this version knows the type. */
export function isKnownType(type: string): type is EventType {
  return Object.hasOwn(SHOWN_TO, type);
}

/**
 * The audience of an event. One of a type that a newer version has appended counts as one about its operation. Where an event has no
 * operation, what would follow the operation follows the tenant, or is for operators if its type is not known.
 */
export function audienceOf({ type, operationId }: { type: string; operationId: string | null }): Audience {
  const audience = isKnownType(type) ? SHOWN_TO[type] : 'operation';
  if (audience !== 'operation' || operationId !== null) return audience;
  return isKnownType(type) ? 'tenant' : 'operators';
}

/** For each audience, the roles by which a caller belongs to it also for what others have ordered. */
export type Grants = Record<Audience, string[]>;
