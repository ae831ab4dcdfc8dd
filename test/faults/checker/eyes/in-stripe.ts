import type { TestProduct } from '../../../helpers/product';
import { told, type Facts } from './watched';

interface Subscription {
  id: string;
  status: string;
  customer: string;
  cancel_at: number | null;
  default_payment_method: string | null;
  items: { data: { id: string; price: { id: string }; quantity?: number }[] };
  pause_collection: { behavior: string; resumes_at: number | null } | null;
  metadata: Record<string, string>;
}

/** What Stripe has about a tenant, besides its payments. */
export async function stripeFacts(product: TestProduct, tenantId: string): Promise<Facts> {
  const { id, status, customer, cancel_at, default_payment_method, items, pause_collection, metadata } =
    await subscriptionOf(product, tenantId);
  const prices = items.data.map(({ price, quantity }) => [price.id, quantity]);
  return {
    'stripe: subscription': told({ id, status, customer, cancel_at, default_payment_method, prices }),
    'stripe: owner': told(metadata.tenantId),
    'access, stripe: pause': told(pause_collection),
  };
}

/** `closed` while Stripe collects nothing and voids what falls due. */
export async function billedAs(product: TestProduct, tenantId: string): Promise<string> {
  const { pause_collection: pause } = await subscriptionOf(product, tenantId);
  if (pause === null) return 'open';
  return pause.behavior === 'void' && pause.resumes_at === null ? 'closed' : told(pause);
}

/** The subscription that the ledger names. */
export async function subscriptionOf({ registry, endpoints }: TestProduct, tenantId: string): Promise<Subscription> {
  const { rows } = await registry.query<{ id: string }>(
    `select external_id as id from resource where tenant_id = $1 and kind = 'billing-subscription'`,
    [tenantId],
  );
  const { url, apiKey } = endpoints.stripe!;
  const answer = await fetch(`${url}/v1/subscriptions/${rows[0]!.id}`, {
    headers: { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`Stripe answered ${answer.status} to the subscription of tenant ${tenantId}`);
  return (await answer.json()) as Subscription;
}
