import { DeleteBucketPolicyCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../../../contract/ids';
import { s3Client } from '../../../../providers/storage/s3-client';
import { asServerAdmin } from '../../../helpers/providers/keycloak/realm-user';
import type { TestProduct } from '../../../helpers/product';
import { organizationOf } from '../../checker/eyes/in-keycloak';
import { subscriptionOf } from '../../checker/eyes/in-stripe';
import { REGION } from '../../proxies/lines';

const REALM = '/admin/realms/tenants';

/**
 * Changes a tenant by hand at each provider, past the product and the proxies: its groups are deleted, its organization is disabled, its bucket
 * loses its policy, and its subscription is charged three times over.
 */
export async function driftByHand(product: TestProduct, tenantId: string): Promise<void> {
  await Promise.all([atKeycloak(product, tenantId), inStorage(product, tenantId), atStripe(product, tenantId)]);
}

async function atKeycloak({ endpoints }: TestProduct, tenantId: string): Promise<void> {
  const call = await asServerAdmin(endpoints.keycloak!);
  const done = async (...given: Parameters<typeof call>): Promise<string> => {
    const { status, text } = await call(...given);
    if (status >= 300) throw new Error(`Keycloak answered ${status} to ${given[1]}: ${text}`);
    return text;
  };
  const found = await done('GET', `${REALM}/groups?search=${dashName(tenantId)}&exact=true`);
  for (const { id } of JSON.parse(found) as { id: string }[]) await done('DELETE', `${REALM}/groups/${id}`);
  const organization = await organizationOf(call, tenantId);
  await done('PUT', `${REALM}/organizations/${organization.id}`, { ...organization, enabled: false });
}

async function inStorage({ endpoints }: TestProduct, tenantId: string): Promise<void> {
  const client = s3Client({ provider: 'versity', name: REGION, capacity: 1, ...endpoints.s3![REGION]! });
  try {
    await client.send(new DeleteBucketPolicyCommand({ Bucket: dashName(tenantId) }));
  } finally {
    client.destroy();
  }
}

async function atStripe(product: TestProduct, tenantId: string): Promise<void> {
  const { id, items } = await subscriptionOf(product, tenantId);
  const { url, apiKey } = product.endpoints.stripe!;
  // Metered items have no quantity.
  const item = items.data.find(({ quantity }) => quantity !== undefined)!;
  const answer = await fetch(`${url}/v1/subscriptions/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: new URLSearchParams({
      'items[0][id]': item.id,
      'items[0][quantity]': '3',
      proration_behavior: 'none',
    }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`Stripe answered ${answer.status}: ${await answer.text()}`);
}
