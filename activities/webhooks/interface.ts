import type { WEBHOOK_OUTCOMES } from '../../contract/metrics/webhooks';
import type { AttemptResult, WebhookDelivery } from '../../contract/webhooks/webhooks';

/** The activity of the workflow `deliverWebhook`. */
export interface WebhookActivities {
  /** Sends a message once, and records what came of it. Sends nothing if its delivery has ended. */
  attemptWebhook(delivery: WebhookDelivery): Promise<AttemptResult>;
}

/** Counts an attempt. `seconds`: from the event to its delivery; undefined if it was not delivered, or delivered again on request. */
export type NoteWebhookAttempt = (outcome: (typeof WEBHOOK_OUTCOMES)[number], seconds: number | undefined) => void;
