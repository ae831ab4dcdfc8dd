import type { components } from '../generated/api';

type Schemas = components['schemas'];

/** An order of a tenant. */
export type Order = Schemas['TenantProvisioningRequest'];

/** The result of an order. */
export type Result = Schemas['TenantProvisioningResult'];

/** One run that changes a tenant, with its state and its result. */
export type Operation = Schemas['Operation'];

/** Where an operation stands. */
export type OperationStatus = Operation['status'];

/** A tenant as the API shows it. */
export type Tenant = Schemas['Tenant'];

/** A numbered fact about a tenant or an operation. */
export type Event = Schemas['Event'];

/** The name of a kind of event. */
export type EventType = Event['type'];

/** A page of events, oldest first. */
export type EventPage = Schemas['EventPage'];

/** The body of an error response (RFC 9457). */
export type Problem = Schemas['Problem'];

/** Name of a plan. */
export type Plan = Operation['plan'];

const SUCCEEDED: readonly OperationStatus[] = ['active', 'completed'];
const ENDED: readonly OperationStatus[] = [...SUCCEEDED, 'rejected', 'cancelled', 'failed'];

/** Whether an operation has done what it was asked to. */
export function hasSucceeded(status: OperationStatus): boolean {
  return SUCCEEDED.includes(status);
}

/** Whether an operation has ended, and never changes again. */
export function hasEnded(status: OperationStatus): boolean {
  return ENDED.includes(status);
}

/** Whether the event is the last status of an operation. */
export function isEnd({ type, data }: Event): boolean {
  return type === 'operation.status' && ENDED.some((status) => status === data['status']);
}
