import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import { failure } from '../../port/failures';
import type { ResourceKind } from '../../port/kind';
import { idempotently } from '../idempotent';
import { currentSubscription } from './live-subscriptions';

type Pause = Pick<Stripe.Subscription.PauseCollection, 'behavior' | 'resumes_at'>;

/** Metadata key of a subscription that this program has paused. Its value is the pause that an operator had set before, or `none`. */
const PAUSED_OVER = 'pausedOver';

/** Metadata key for the number of changes so far, so that no two of them have the same idempotency key. */
export const CHANGES = 'accessChanges';

/**
 * Access to a tenant's subscription. Nobody should pay for what can only be read, so `read-only` means `closed`: payment collection is paused
 * and Stripe voids the invoices of that time. The status stays what it is, so a trial neither ends nor begins, and invoices from before are
 * still collected. After `open`, a pause that an operator had set is back. A canceled subscription collects nothing, so it is `closed`.
 * Source: https://docs.stripe.com/billing/subscriptions/pause-payment.
 */
export function subscriptionAccess(
  stripe: Stripe,
): Required<Pick<ResourceKind, 'update' | 'access' | 'readOnlyMeans'>> {
  return {
    readOnlyMeans: 'closed',

    async update(context, { access }) {
      const before = await currentSubscription(stripe, context);
      if (before === undefined) return;
      const closes = access !== 'open';
      if (closes ? isClosed(before) : before.metadata[PAUSED_OVER] === undefined) return;
      const params = closes ? closing(before) : opening(before);
      params.metadata = { ...params.metadata, [CHANGES]: String(Number(before.metadata[CHANGES] ?? 0) + 1) };
      const digest = createHash('sha256').update(JSON.stringify(params)).digest('hex').slice(0, 16);
      const key = `${context.idempotencyKey}:access:${digest}`;
      context.signal.throwIfAborted();
      const after = await idempotently(key, (options) => stripe.subscriptions.update(before.id, params, options));
      if (isClosed(after) !== closes)
        throw failure(
          'OutcomeUnknown',
          `subscription of tenant ${context.tenantId}: Stripe does not show its new pause.`,
        );
    },

    async access(context) {
      const subscription = await currentSubscription(stripe, context);
      return subscription === undefined || isClosed(subscription) ? 'closed' : 'open';
    },
  };
}

/** Whether payments are not collected although this program has not paused that. */
export function pausedByOthers(subscription: Stripe.Subscription): boolean {
  return subscription.pause_collection !== null && !isClosed(subscription);
}

/** Whether this program has paused the collection, and nobody has changed that. */
function isClosed({ pause_collection: pause, metadata }: Stripe.Subscription): boolean {
  return metadata[PAUSED_OVER] !== undefined && pause?.behavior === 'void' && pause.resumes_at === null;
}

function closing({ pause_collection: before }: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
  return { pause_collection: { behavior: 'void' }, metadata: { [PAUSED_OVER]: textOf(before) } };
}

function opening(subscription: Stripe.Subscription): Stripe.SubscriptionUpdateParams {
  const metadata = { [PAUSED_OVER]: '' };
  // An operator who has changed the pause meanwhile keeps it.
  if (!isClosed(subscription)) return { metadata };
  const { behavior, resumes_at: resumes } = pauseOf(subscription.metadata[PAUSED_OVER]!) ?? {};
  if (behavior === undefined || (resumes && resumes * 1000 <= Date.now())) return { metadata, pause_collection: '' };
  return { metadata, pause_collection: { behavior, ...(resumes ? { resumes_at: resumes } : {}) } };
}

function textOf(pause: Pause | null): string {
  return pause === null ? 'none' : [pause.behavior, ...(pause.resumes_at === null ? [] : [pause.resumes_at])].join(' ');
}

function pauseOf(text: string): Pause | undefined {
  const [behavior = 'none', resumes] = text.split(' ');
  return behavior === 'none' ? undefined : { behavior, resumes_at: resumes === undefined ? null : Number(resumes) };
}
