import { z } from 'zod';
import { tenantUsageSchema, type TenantUsage } from '../../../contract/schemas/usage/usage-schema';
import { addDays, dayOf, periodOf } from '../../../contract/usage/periods';
import { QUOTA_PERIODS, USAGE_DAYS, type QuotaLevel } from '../../../contract/usage/usage';
import { findMeteredTenant } from '../../../registry/usage/metered-tenants';
import { readCurrentUse, readPastUse } from '../../../registry/usage/read';
import { findTenant } from '../../../registry/views/tenants';
import { READS_TENANTS, tenantsSeenBy } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';
import { noTenant, tenantParams } from '../tenants/tenants';

/** Days shown unless the query names others. */
const SHOWN_DAYS = 31;

const dayFilter = z.iso.date({ error: 'Must be a day, such as 2026-01-31.' });

const usageQuery = z.strictObject({
  from: dayFilter
    .optional()
    .meta({ description: `First day, in UTC; ${SHOWN_DAYS - 1} days before \`to\` by default.` }),
  to: dayFilter.optional().meta({ description: 'Last day, in UTC; today by default.' }),
  by: z.enum(QUOTA_PERIODS).optional().meta({ description: '`day` by default.' }),
  meter: z.string().max(100).optional().meta({ description: 'Only this meter.', example: 'api_requests' }),
});

/** `GET /v1/tenants/{tenantId}/usage`. */
export function tenantUsageRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/tenants/{tenantId}/usage',
      operationId: 'getTenantUsage',
      tag: 'Usage',
      summary: 'Get what a tenant has used, and of which limits',
      description: `Every meter of the tenant’s plan, and what the product measures itself. At most ${USAGE_DAYS} days. A tenant that is gone has no usage any more.`,
      access: READS_TENANTS,
      params: tenantParams,
      query: usageQuery,
      answers: { 200: { description: 'The usage of each meter.', schema: tenantUsageSchema } },
      problems: [],
      handle: async ({ params: { tenantId }, query: { from, to, by = 'day', meter }, principal }) => {
        if (!(await findTenant(pool, tenantId, tenantsSeenBy(principal)))) throw noTenant();
        const tenant = await findMeteredTenant(pool, tenantId);
        if (!tenant) throw noTenant();
        const now = tenant.now;
        const last = to ?? dayOf(now);
        const first = from ?? addDays(last, 1 - SHOWN_DAYS);
        requireRange(first, last);
        const meters = tenant.meters.filter((each) => meter === undefined || each.meter === meter);
        if (meters.length === 0)
          throw wrongQuery(
            '/meter',
            `Is no meter of the tenant’s plan. Use one of ${tenant.meters.map((each) => each.meter).join(', ')}.`,
          );
        const current = await readCurrentUse(pool, tenantId, meters, now);
        const past = await readPastUse(pool, { tenantId, meters, begins: first, ends: addDays(last, 1), by });
        const body: TenantUsage = {
          tenantId,
          from: first,
          to: last,
          by,
          meters: meters.map(({ meter: name, displayName, aggregation, per, limit }) => {
            const { used } = current.find((each) => each.meter === name)!;
            const { begins, ends } = periodOf(per, dayOf(now));
            return {
              meter: name,
              displayName,
              aggregation,
              current: {
                per,
                from: begins,
                to: addDays(ends, -1),
                used,
                ...(limit === undefined ? {} : shareOf(used, limit, tenant.rules.nearPercent)),
              },
              periods: past
                .filter((each) => each.meter === name)
                .map((each) => ({ from: each.begins, used: each.used })),
            };
          }),
          until: now.toISOString(),
        };
        return { status: 200, body };
      },
    }),
  ];
}

function shareOf(
  used: number,
  limit: number,
  nearPercent: number,
): { limit: number; share: number; level?: QuotaLevel } {
  const isNear = used * 100 >= limit * nearPercent;
  const level = used >= limit ? 'reached' : isNear ? 'near' : undefined;
  return { limit, share: Math.round((used / limit) * 10_000) / 10_000, ...(level && { level }) };
}

function requireRange(first: string, last: string): void {
  if (first > last) throw wrongQuery('/from', 'Is after `to`. Exchange them, or leave one out.');
  if (addDays(first, USAGE_DAYS) < last)
    throw wrongQuery(
      '/from',
      `Is more than ${USAGE_DAYS} days before \`to\`, longer than usage is kept. Ask for fewer.`,
    );
}

function wrongQuery(pointer: string, detail: string): ApiProblem {
  return new ApiProblem('invalid-parameter', {
    detail: 'Correct the query parameters that the pointers name.',
    errors: [{ pointer, detail }],
  });
}
