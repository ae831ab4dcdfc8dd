import { z } from 'zod';
import { billingFindingIdSchema } from '../../../contract/schemas/common';
import { acceptBillingFinding } from '../../../registry/billing/findings';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

const params = z.strictObject({ billingFindingId: billingFindingIdSchema });

/** `POST /v1/billing/findings/{billingFindingId}:accept`. */
export function billingFindingRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/billing/findings/{billingFindingId}:accept',
      operationId: 'acceptBillingFinding',
      tag: 'Billing',
      summary: 'Accept a finding in a tenant’s billing',
      description:
        'It no longer waits for a person; one that has ended by itself stays ended. Nothing is changed at the billing provider, and the next event about the same object finds it again if it is still so.',
      access: ['operations:operate'],
      params,
      answers: { 204: { description: 'The finding does not wait for a person any more.' } },
      problems: [],
      handle: async ({ params: { billingFindingId: findingId }, principal }) => {
        if (await acceptBillingFinding(pool, { findingId, actor: principal.id })) return { status: 204 };
        throw new ApiProblem('not-found', { detail: 'There is no such finding in billing.' });
      },
    }),
  ];
}
