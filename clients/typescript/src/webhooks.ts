import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { EventType } from './types';

/** A message to a webhook endpoint, verified. */
export interface WebhookMessage {
  /** The message's id, by which a repeated delivery is recognised. */
  id: string;
  type: EventType | 'webhook.test';
  timestamp: string;
  /** The event's data, its `sequence`, the ids of tenant and operation, and `links`. */
  data: Record<string, unknown>;
}

/** Headers as `fetch` or Node's servers have them. */
export type WebhookHeaders = Headers | Record<string, string | readonly string[] | undefined>;

/**
 * Verifies a message by its signature and its age of at most five minutes, and returns it. Give the body as it arrived, and during a rotation
 * of the endpoint's secret both secrets. Throws `WebhookVerificationError`.
 */
export function verifyWebhook(
  headers: WebhookHeaders,
  rawBody: string | Uint8Array,
  secrets: string | readonly string[],
): WebhookMessage {
  const sent = Object.fromEntries(
    ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, valueOf(headers, name)]),
  );
  const body = typeof rawBody === 'string' ? rawBody : new TextDecoder().decode(rawBody);
  let refusal: unknown = new WebhookVerificationError('No secret to verify with');
  for (const secret of [secrets].flat()) {
    try {
      const message = new Webhook(secret).verify(body, sent) as Omit<WebhookMessage, 'id'>;
      return { id: sent['webhook-id'] ?? '', ...message };
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

function valueOf(headers: WebhookHeaders, name: string): string {
  if (headers instanceof Headers) return headers.get(name) ?? '';
  const entry = Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof entry === 'string' ? entry : (entry?.[0] ?? '');
}
