import { PATIENCE_SECONDS } from './buckets';
import type { Metric } from './metric';

/** States of an endpoint that are counted. `failing`: enabled, and its newest answer is a failure. */
export const COUNTED_ENDPOINTS = ['enabled', 'failing', 'disabled'] as const;

/** States of messages whose delivery is open. */
export const OPEN_MESSAGES = ['waiting', 'trying'] as const;

/** How an attempt to deliver a webhook message has ended. `retry`: it failed, and another follows; `gone`: the receiver wants no more. */
export const WEBHOOK_OUTCOMES = ['delivered', 'retry', 'failed', 'gone'] as const;

/** Metrics of webhooks. */
export const WEBHOOK_METRICS = {
  provisioner_webhook_endpoints: {
    type: 'gauge',
    help: 'Webhook endpoints: enabled, enabled but failing, and disabled.',
    labels: { state: COUNTED_ENDPOINTS },
    from: 'registry',
    zeros: true,
  },
  provisioner_webhook_messages: {
    type: 'gauge',
    help: 'Messages to webhook endpoints whose delivery is open.',
    labels: { state: OPEN_MESSAGES },
    from: 'registry',
    zeros: true,
  },
  provisioner_webhook_attempts_total: {
    type: 'counter',
    help: 'Attempts to deliver webhook messages by their outcome.',
    labels: { outcome: WEBHOOK_OUTCOMES },
    from: ['worker'],
    zeros: true,
  },
  provisioner_webhook_delivery_seconds: {
    type: 'histogram',
    help: 'Time from an event to the delivery of its message, without messages that were delivered again on request.',
    labels: {},
    from: ['worker'],
    buckets: PATIENCE_SECONDS,
    zeros: true,
  },
} as const satisfies Record<string, Metric>;
