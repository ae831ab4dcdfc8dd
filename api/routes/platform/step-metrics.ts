import { z } from 'zod';
import { stepTimesOf } from '../../../contract/estimates/step-times';
import { MOST_SAMPLES } from '../../../contract/estimates/remaining';
import { OPERATION_KINDS } from '../../../contract/operations/kinds';
import { PLANS } from '../../../contract/orders/order';
import { stepMetricsSchema, type StepMetricsList } from '../../../contract/schemas/platform/step-metrics-schema';
import { SEES_OPERATIONS } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

const stepsQuery = z.strictObject({
  kind: z.enum(OPERATION_KINDS).optional().meta({ description: 'Kind of the operations; `provision` by default.' }),
  region: z.string().max(100).optional().meta({ description: 'Only this region.', example: 'eu-central' }),
});

/** `GET /v1/metrics/steps`. */
export function stepMetricsRoutes({ estimates }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/metrics/steps',
      operationId: 'getStepMetrics',
      tag: 'Operating',
      summary: 'Get how long each step of recent operations took, by plan',
      description: `From the newest ${MOST_SAMPLES} operations of each plan that have succeeded within 30 days without an operator’s decision: the ones that estimates rest on. A step counts from the end of the level before it, so waiting for a free worker is included.`,
      access: SEES_OPERATIONS,
      query: stepsQuery,
      answers: { 200: { description: 'The times of each plan’s steps.', schema: stepMetricsSchema } },
      problems: [],
      handle: async ({ query: { kind = 'provision', region = null } }) => {
        const plans = await Promise.all(
          PLANS.map(async (plan) => {
            const runs = await estimates.recentRuns(kind, plan, region);
            return { plan, samples: runs.length, steps: stepTimesOf(kind, runs) };
          }),
        );
        return { status: 200, body: { kind, plans } satisfies StepMetricsList };
      },
    }),
  ];
}
