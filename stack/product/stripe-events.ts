import { STRIPE_EVENT_TYPES } from '../../contract/billing/billing';

/** Lets the local Stripe send its events to an API, signed with this secret. May be repeated. Throws if Stripe refuses. */
export async function forwardEvents(
  stripe: string,
  apiKey: string,
  { api, secret }: { api: string; secret: string },
): Promise<void> {
  const answer = await fetch(`${stripe}/_test/forward`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ url: `${api}/v1/providers/stripe/events`, secret, types: STRIPE_EVENT_TYPES }),
  });
  if (!answer.ok) throw new Error(`the local Stripe answered ${answer.status}`);
}
