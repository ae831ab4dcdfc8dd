import { STRIPE_EVENT_TYPES } from '../../contract/billing/billing';
import { ALERTS_PATH } from '../../contract/monitoring/alerts';
import { tellAlerts } from '../servers/monitoring';
import type { Stack } from '../types';
import type { Tokens } from './tokens';

/** Has the server of alert rules, if the stack has one, send alerts to an API once it answers. */
export async function sendAlerts(stack: Stack, apiReady: Promise<Tokens>, api: string): Promise<void> {
  const { alertRules: token } = await apiReady;
  await stack.ready('monitoring').catch(() => undefined);
  const { monitoring } = stack.endpoints;
  if (!monitoring) return;
  tellAlerts(monitoring.notifier, { url: `${api}${ALERTS_PATH}`, token });
  for (const address of monitoring.reloadUrls) await fetch(address);
}

/** Has the local Stripe send its events to an API once it answers, signed with its secret. Throws if Stripe refuses. */
export async function sendStripeEvents(
  stack: Stack,
  apiReady: Promise<unknown>,
  { api, secret }: { api: string; secret: () => string },
): Promise<void> {
  await Promise.all([stack.ready('stripe'), apiReady]);
  const { url, apiKey } = stack.endpoints.stripe!;
  await forwardEvents(url, apiKey, { api, secret: secret() });
}

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
