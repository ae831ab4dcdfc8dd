/** The workflow type that delivers one event to one endpoint. */
export const DELIVER_WEBHOOK = 'deliverWebhook';

/** Type of the message that a test of an endpoint sends; the log has no event of this type. */
export const TEST_TYPE = 'webhook.test';

/** Days for which the delivery of a message is tried. */
export const DELIVERY_DAYS = 3;

/** Days for which a message is listed after its delivery has ended. */
export const REMEMBERED_DAYS = 30;

/** Days of failures alone after which the operators are told of an endpoint. */
export const WARNING_DAYS = 2;

/** Days of failures alone after which an endpoint is disabled. */
export const FAILING_DAYS = 5;

/** Hours for which messages are signed with the secret before a rotation, too. */
export const OVERLAP_HOURS = 24;

/** Endpoints that one caller may have. */
export const ENDPOINTS_PER_CALLER = 20;

/** Longest part of an answer that is kept, in bytes. */
export const ANSWER_BYTES = 4096;

/**
 * Failed attempts during which a message holds back the later ones of its tenant, about half an hour. Then they are sent before it, because
 * the endpoint may refuse this message and no other.
 */
export const HOLDING_ATTEMPTS = 6;

/** Messages that are under way to one endpoint at a time, of different tenants. */
export const MESSAGES_AT_ONCE = 20;

/** Like {@link MESSAGES_AT_ONCE}, while the endpoint's newest answer is a failure. */
export const MESSAGES_AT_ONCE_FAILING = 3;

/**
 * States of a delivery. `waiting`: an earlier message of its tenant, or too many others, are under way. `failed`: {@link DELIVERY_DAYS}
 * have passed. `cancelled`: the endpoint was disabled.
 */
export const DELIVERY_STATES = ['waiting', 'trying', 'delivered', 'failed', 'cancelled'] as const;

/** One of {@link DELIVERY_STATES}. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** Why an endpoint is disabled. `gone`: it has answered 410. `failing`: every answer of {@link FAILING_DAYS} days was a failure. */
export const DISABLED_REASONS = ['requested', 'gone', 'failing'] as const;

/** One of {@link DISABLED_REASONS}. */
export type DisabledReason = (typeof DISABLED_REASONS)[number];

/** Input of {@link DELIVER_WEBHOOK}. */
export interface WebhookDelivery {
  deliveryId: string;
  /** Rises with every redelivery; the run of an earlier round ends when it finds a later one. */
  round: number;
}

/** A delivery to start. */
export interface DueDelivery extends WebhookDelivery {
  endpointId: string;
  type: string;
  tenantId: string | null;
}

/** What follows an attempt: the delivery has ended, or is tried again after so many seconds. */
export type AttemptResult =
  { ended: true; attempts: number } | { ended: false; attempts: number; waitSeconds: number; problem: string };

/** The id of an endpoint: `we_` and the digits of a UUID. */
export function endpointIdOf(uuid: string): string {
  return `we_${uuid.replaceAll('-', '')}`;
}

/** The id of a delivery, which is also the `webhook-id` of its message: `msg_` and the digits of a UUID. */
export function deliveryIdOf(uuid: string): string {
  return `msg_${uuid.replaceAll('-', '')}`;
}

/** Workflow id of one round of a delivery. */
export function deliveryWorkflowId({ deliveryId, round }: WebhookDelivery): string {
  return `webhook/${deliveryId}/${round}`;
}
