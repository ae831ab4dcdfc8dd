import { z } from 'zod';
import { TEST_PAYMENT_METHODS } from '../../../contract/billing/test-cards';
import { ROLES, type Role } from '../../access/roles';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

const meSchema = z
  .strictObject({
    id: z.string().meta({
      description: 'Id by which operations, decisions and audit entries name the caller.',
      example: 'token:signup',
    }),
    name: z.string().meta({ example: 'signup' }),
    roles: z.array(z.enum(Object.keys(ROLES) as [Role, ...Role[]])).meta({ example: ['tenants:order'] }),
    testPaymentMethods: z
      .array(
        z.strictObject({
          id: z.string().meta({ description: 'Value for `paymentMethod` in an order.', example: 'pm_card_visa' }),
          outcome: z.string().meta({ description: 'What comes of an order that names it.' }),
        }),
      )
      .meta({ description: 'Only where Stripe is a local stand-in or in test mode: its test cards.' })
      .optional(),
  })
  .meta({ id: 'Me', description: 'The caller as this API knows it.' });

/** `GET /v1/me`. */
export function meRoutes({ offersTestCards = false }: Pick<ApiDependencies, 'offersTestCards'>): Route[] {
  const cards = offersTestCards ? { testPaymentMethods: [...TEST_PAYMENT_METHODS] } : {};
  return [
    defineRoute({
      method: 'get',
      path: '/v1/me',
      operationId: 'getMe',
      tag: 'Operating',
      summary: 'Get the caller and its roles',
      description: 'For programs that adapt to their roles, and for people who check a token.',
      access: 'any-token',
      answers: { 200: { description: 'The caller.', schema: meSchema } },
      problems: [],
      handle: ({ principal: { id, name, roles } }) =>
        Promise.resolve({ status: 200, body: { id, name, roles: [...roles], ...cards } }),
    }),
  ];
}
