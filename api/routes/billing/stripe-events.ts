import { z } from 'zod';
import { STRIPE_EVENT_TYPES } from '../../../contract/billing/billing';
import { eventReceivedSchema, stripeEventSchema } from '../../../contract/schemas/billing-event-schema';
import { markBillingTold, recordStripeEvent, type BillingToTell } from '../../../registry/billing/stripe-events';
import type { ApiDependencies } from '../../dependencies';
import { causeOf } from '../../http/log';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

/** An event whose signature was checked. */
export type SignedEvent = object;

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
      answers: { 200: { description: 'The event needs not be sent again.', schema: eventReceivedSchema } },
      problems: ['not-found'],
      handle: async ({ body, header }) => {
        if (!billingEvent)
          throw new ApiProblem('not-found', {
            detail: 'No endpoint for events of Stripe is set up here: the API has no STRIPE_WEBHOOK_SECRET.',
          });
        const event = parsed(checked(() => billingEvent(body, header('stripe-signature') ?? '')));
        const told = STRIPE_EVENT_TYPES.includes(event.type) ? await record(dependencies, event) : undefined;
        if (!told) return { status: 200, body: { outcome: 'passed-over' } };
        await tell(dependencies, told);
        return { status: 200, body: { outcome: 'recorded' } };
      },
    }),
  ];
}

async function record(
  { pool }: ApiDependencies,
  { id, type, created, data: { object } }: z.output<typeof stripeEventSchema>,
): Promise<BillingToTell | undefined> {
  const { customer } = object;
  if (!customer) return undefined;
  // An upcoming invoice has no id yet.
  const objectId = object.id ?? customer;
  const occurredAt = new Date(created * 1000);
  return recordStripeEvent(pool, { eventId: id, type, objectId, customerId: customer, occurredAt });
}

function checked(read: () => SignedEvent): SignedEvent {
  try {
    return read();
  } catch {
    throw new ApiProblem('malformed-request', {
      detail:
        'The request does not carry a valid Stripe-Signature. Compare STRIPE_WEBHOOK_SECRET with the secret of the endpoint at Stripe, and the clocks.',
    });
  }
}

function parsed(event: SignedEvent): z.output<typeof stripeEventSchema> {
  const result = stripeEventSchema.safeParse(event);
  if (result.success) return result.data;
  throw new ApiProblem('malformed-request', {
    detail:
      'The signed body is not an event of Stripe’s API version 1. Send snapshot events to this endpoint, not thin ones.',
  });
}

/** Tells the tenant's run. If Temporal does not answer, the relay does this later. */
async function tell({ pool, runs, logger }: ApiDependencies, told: BillingToTell): Promise<void> {
  const { tenantId, operationId } = told;
  try {
    await runs.watchBilling({ tenantId, operationId });
    await markBillingTold(pool, told);
  } catch (error) {
    logger.warn(
      { tenantId, cause: causeOf(error) },
      'an event of Stripe is recorded; Temporal could not be reached yet',
    );
  }
}
