import { createHmac } from 'node:crypto';
import { requestSignal } from '../../../../providers/port/request-signal';
import type { StripeEvent, WebhookEndpoint } from '../state/account-objects';
import type { Store } from '../state/store';
import { wants } from './events';

/** Milliseconds before each further attempt; the last one repeats. Stripe takes hours, which no test and no developer waits for. */
const RETRY_MS = [1_000, 2_000, 5_000, 15_000, 60_000];

/** How long Stripe goes on trying (https://docs.stripe.com/webhooks#automatic-retries). */
const GIVE_UP_AFTER_MS = 72 * 3_600_000;

/** Milliseconds that a receiver has for its answer. */
const ANSWER_MS = 10_000;

const MOST_AT_ONCE = 8;

/** What tests can ask for: Stripe promises neither order nor a single delivery (https://docs.stripe.com/webhooks#best-practices). */
export interface DeliveryManners {
  /** How often each event is delivered although the receiver has accepted it. */
  copies: number;
  /** Events that occur within this time of each other are delivered newest first; 0: at once. */
  reversedWithinMs: number;
}

interface Delivery {
  event: StripeEvent;
  endpointId: string;
  attempt: number;
  since: number;
}

/** Sends events to the account's webhook endpoints. After a restart it sends again what was not accepted before. */
export class Deliveries {
  manners: DeliveryManners = { copies: 1, reversedWithinMs: 0 };
  readonly #retryMs: readonly number[];
  readonly #waiting: Delivery[] = [];
  readonly #held: Delivery[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();
  #busy = 0;

  constructor(
    private readonly store: Store,
    retryMs: readonly number[] = RETRY_MS,
  ) {
    this.#retryMs = retryMs;
    store.onEvents = (events) => this.#take(events);
    this.#take(store.all('event').filter(({ pending_webhooks: pending }) => pending > 0));
  }

  /** Ends all requests and drops what waits. */
  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#waiting.length = 0;
  }

  #take(events: readonly StripeEvent[]): void {
    const endpoints = this.store.all('webhook_endpoint').filter(({ deleted }) => !deleted);
    const { copies, reversedWithinMs } = this.manners;
    const deliveries = events.flatMap((event) =>
      endpoints
        .filter((endpoint) => wants(endpoint, event.type))
        .flatMap(({ id }) =>
          Array.from({ length: copies }, (): Delivery => ({ event, endpointId: id, attempt: 0, since: Date.now() })),
        ),
    );
    if (deliveries.length === 0) return;
    if (reversedWithinMs === 0) return this.#send(deliveries);
    if (this.#held.length === 0) this.#later(reversedWithinMs, () => this.#send(this.#held.splice(0).reverse()));
    this.#held.push(...deliveries);
  }

  #send(deliveries: readonly Delivery[]): void {
    this.#waiting.push(...deliveries);
    while (this.#busy < MOST_AT_ONCE && this.#waiting.length > 0) {
      this.#busy += 1;
      void this.#attempt(this.#waiting.shift()!).finally(() => {
        this.#busy -= 1;
        this.#send([]);
      });
    }
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const endpoint = this.store.get('webhook_endpoint', delivery.endpointId);
    if (endpoint === undefined || endpoint.deleted || endpoint.status !== 'enabled') return;
    if (await this.#post(endpoint, delivery.event)) return this.#accepted(delivery.event.id);
    if (this.#stop.signal.aborted || Date.now() - delivery.since > GIVE_UP_AFTER_MS) return;
    const pause = this.#retryMs[Math.min(delivery.attempt, this.#retryMs.length - 1)]!;
    this.#later(pause, () => this.#send([{ ...delivery, attempt: delivery.attempt + 1 }]));
  }

  async #post(endpoint: WebhookEndpoint, event: StripeEvent): Promise<boolean> {
    const body = JSON.stringify(event, undefined, 2);
    try {
      const answer = await fetch(endpoint.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signature(body, endpoint.secret),
        },
        body,
        redirect: 'manual',
        signal: requestSignal(this.#stop.signal, ANSWER_MS),
      });
      await answer.arrayBuffer();
      return answer.ok && !this.#stop.signal.aborted;
    } catch {
      return false;
    }
  }

  #accepted(id: string): void {
    const event = this.store.get('event', id);
    if (event === undefined || event.pending_webhooks === 0) return;
    this.store.commit({ objects: [{ ...event, pending_webhooks: event.pending_webhooks - 1 }], effects: [] });
  }

  #later(milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** The `Stripe-Signature` header (https://docs.stripe.com/webhooks#verify-manually), by the real time, whatever the server's clock says. */
function signature(body: string, secret: string): string {
  const at = Math.floor(Date.now() / 1000);
  return `t=${at},v1=${createHmac('sha256', secret).update(`${at}.${body}`).digest('hex')}`;
}
