import type { AttemptResult, WebhookDelivery } from '../../contract/webhooks/webhooks';

/** The activity of the workflow `deliverWebhook`. */
export interface WebhookActivities {
  /** Sends a message once, and records what came of it. Sends nothing if its delivery has ended. */
  attemptWebhook(delivery: WebhookDelivery): Promise<AttemptResult>;
}
