import { z } from 'zod';

const id = z.string().regex(/^\w{1,255}$/);

/** The members of a signed Stripe event that this product uses. */
export const stripeEventSchema = z
  .object({
    id,
    type: z.string().regex(/^[\w.]{1,100}$/),
    created: z.int().meta({ description: 'Unix seconds.' }),
    data: z.object({ object: z.object({ id: id.optional(), customer: id.nullish() }) }),
  })
  .meta({
    id: 'StripeEvent',
    description: 'An event of Stripe, https://docs.stripe.com/api/events/object. Only these members are read.',
  });

/** Answer to an event of Stripe. */
export const eventReceivedSchema = z
  .strictObject({
    outcome: z.enum(['recorded', 'passed-over']).meta({
      description: '`passed-over`: the event is about nothing that is followed here, or was received before.',
    }),
  })
  .meta({ id: 'StripeEventReceived' });
