import { z } from 'zod';
import { STRIPE_EVENT_TYPES } from '../../../contract/billing/billing';
import { eventReceivedSchema, stripeEventSchema } from '../../../contract/schemas/billing/event-schema';
import { markBillingTold, recordStripeEvent, recordUnassignedEvent } from '../../../registry/billing/stripe-events';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

/** Stripe's events are a few kilobytes; an invoice with many lines can have more. */
const LARGEST_EVENT = 1024 * 1024;

/** `POST /v1/providers/stripe/events`. */
export function stripeEventRoutes(dependencies: ApiDependencies): Route[] {
  const { billingEvent } = dependencies;
  return [
    defineRoute({
      method: 'post',
      path: '/v1/providers/stripe/events',
      operationId: 'receiveStripeEvent',
      tag: 'Billing',
      summary: 'Receive an event of Stripe',
      description:
        'For Stripe itself, which signs each request (`Stripe-Signature`). The event is recorded, and a run reads from Stripe what has happened. Stripe sends an event again until it is answered with 2xx.',
      access: 'public',
      body: z.instanceof(Buffer),
      documentedBody: stripeEventSchema,
      rawBody: true,
      bodyLimit: LARGEST_EVENT,
      answers: { 200: { description: 'The event need not be sent again.', schema: eventReceivedSchema } },
      problems: ['not-found'],
      handle: async ({ body, header }) => {
        if (!billingEvent)
          throw new ApiProblem('not-found', {
            detail: 'No endpoint for events of Stripe is set up here: the API has no STRIPE_WEBHOOK_SECRET.',
          });
        const event = parsed(checked(() => billingEvent(body, header('stripe-signature') ?? '')));
        const tell = STRIPE_EVENT_TYPES.includes(event.type) ? await record(dependencies, event) : undefined;
        if (!tell) return { status: 200, body: { outcome: 'passed-over' } };
        try {
          await tell();
        } catch (error) {
          // The relay tells the run later.
          const about = { event: event.id, cause: causeOf(error) };
          dependencies.logger.warn(about, 'an event of Stripe is recorded; Temporal could not be reached yet');
        }
        return { status: 200, body: { outcome: 'recorded' } };
      },
    }),
  ];
}

/** Records an event. Returns how to tell the run that handles it; undefined if there is nothing to do. */
async function record(
  { pool, runs }: ApiDependencies,
  { id: eventId, type, created, data: { object } }: z.output<typeof stripeEventSchema>,
): Promise<(() => Promise<void>) | undefined> {
  const occurredAt = new Date(created * 1000);
  const { id, customer } = object;
  if (type.startsWith('charge.dispute.') && id !== undefined) {
    await recordUnassignedEvent(pool, { eventId, type, objectId: id, occurredAt });
    return () => runs.assignBilling();
  }
  if (!customer) return undefined;
  // An upcoming invoice has no id yet.
  const event = { eventId, type, objectId: id ?? customer, customerId: customer, occurredAt };
  const told = await recordStripeEvent(pool, event);
  return (
    told &&
    (async () => {
      await runs.watchBilling({ tenantId: told.tenantId, operationId: told.operationId });
      await markBillingTold(pool, told);
    })
  );
}

function checked(read: () => object): object {
  try {
    return read();
  } catch {
    throw new ApiProblem('malformed-request', {
      detail:
        'The request does not carry a valid Stripe-Signature. Compare STRIPE_WEBHOOK_SECRET with the secret of the endpoint at Stripe, and the clocks.',
    });
  }
}

function parsed(event: object): z.output<typeof stripeEventSchema> {
  const result = stripeEventSchema.safeParse(event);
  if (result.success) return result.data;
  throw new ApiProblem('malformed-request', {
    detail:
      'The signed body is not an event of Stripe’s API version 1. Send snapshot events to this endpoint, not thin ones.',
  });
}
