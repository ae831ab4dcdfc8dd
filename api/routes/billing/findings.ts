import { z } from 'zod';
import { BILLING_FINDING_STATES, BILLING_PROBLEM_GUIDE } from '../../../contract/billing/problems';
import {
  billingFindingPageSchema,
  resolveBillingFindingSchema,
  type BillingFindingView,
} from '../../../contract/schemas/billing/finding-schema';
import { billingFindingIdSchema, tenantIdSchema } from '../../../contract/schemas/common';
import { listFindings, type ListedFinding } from '../../../registry/billing/finding-list';
import { resolveFinding } from '../../../registry/billing/findings';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { DEFAULT_LIMIT, pageQuery } from '../list-query';

const params = z.strictObject({ billingFindingId: billingFindingIdSchema });

const findingsQuery = pageQuery.extend({
  state: z
    .enum(BILLING_FINDING_STATES)
    .optional()
    .meta({ description: 'State of the findings; all of them by default.' }),
  tenantId: tenantIdSchema.optional(),
});

/** `GET /v1/billing/findings` and `POST /v1/billing/findings/{billingFindingId}:resolve`. */
export function billingFindingRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/billing/findings',
      operationId: 'listBillingFindings',
      tag: 'Billing',
      summary: 'List findings in billing, newest first',
      description:
        'What is not as the registry has it, or will soon stop payments, with a remedy in words. Events of Stripe find it, and a scheduled comparison of Stripe with the registry. A finding ends by itself once it is not so any more.',
      access: ['operations:operate'],
      query: findingsQuery,
      answers: { 200: { description: 'One page of findings.', schema: billingFindingPageSchema } },
      problems: [],
      handle: async ({ query: { cursor, limit = DEFAULT_LIMIT, state, tenantId } }) => {
        const { items, ...next } = await listFindings(pool, { state, tenantId, after: cursor, limit });
        return { status: 200, body: { items: items.map(viewFinding), ...next } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/v1/billing/findings/{billingFindingId}:resolve',
      operationId: 'resolveBillingFinding',
      tag: 'Billing',
      summary: 'Resolve a finding in billing',
      description:
        'It no longer waits for a person, and is not found again while it is still so. Nothing is changed at the billing provider. A finding that has ended, or was resolved before, stays as it is.',
      access: ['operations:operate'],
      params,
      body: resolveBillingFindingSchema,
      answers: { 204: { description: 'The finding does not wait for a person any more.' } },
      problems: [],
      handle: async ({ params: { billingFindingId: findingId }, body: { reason }, principal }) => {
        const done = await resolveFinding(pool, { findingId, actor: principal.id, reason });
        if (done !== 'unknown') return { status: 204 };
        throw new ApiProblem('not-found', { detail: 'There is no such finding in billing.' });
      },
    }),
  ];
}

function viewFinding(finding: ListedFinding): BillingFindingView {
  const { findingId, tenantId, problem, object, state, foundAt, endedAt, resolvedAt, resolvedBy, reason } = finding;
  return {
    findingId,
    ...(tenantId === null ? {} : { tenantId }),
    problem,
    object,
    ...BILLING_PROBLEM_GUIDE[problem],
    state,
    foundAt: foundAt.toISOString(),
    ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
    ...(resolvedAt ? { resolution: { by: resolvedBy!, at: resolvedAt.toISOString(), reason: reason! } } : {}),
  };
}
