import { z } from 'zod';
import { OPERATION_KINDS } from '../../../contract/operations/kinds';
import { provisioningMetricsSchema } from '../../../contract/schemas/provisioning-metrics-schema';
import { GROUPINGS } from '../../../registry/metrics/provisioning';
import { readProvisioningMetrics } from '../../../registry/metrics/view';
import { operationsSeenBy, READS_OPERATIONS } from '../../access/visibility';
import type { ApiDependencies } from '../../dependencies';
import { ApiProblem } from '../../http/problems';
import { defineRoute, type Route } from '../../http/route';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
const MAX_DAYS = 400;

const time = (what: string) =>
  z.iso
    .datetime({ offset: true, error: 'Must be a time in RFC 3339 with its offset, such as 2026-01-31T12:00:00Z.' })
    .transform((text) => new Date(text))
    .optional()
    .meta({ type: 'string', format: 'date-time', description: what });

const metricsQuery = z.strictObject({
  from: time(`Operations requested at this time or later; ${DEFAULT_DAYS} days before \`to\` by default.`),
  to: time('Operations requested before this time; now by default.'),
  groupBy: z.enum(GROUPINGS).optional().meta({ description: 'Without it, all operations are one group.' }),
  kind: z.enum(OPERATION_KINDS).optional().meta({ description: 'Kind of the operations; `provision` by default.' }),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'Must be a time zone of the IANA database, such as Europe/Berlin.')
    .optional()
    .meta({
      description: 'Time zone in which the days of `groupBy=day` begin; UTC by default.',
      example: 'Europe/Berlin',
    }),
});

/** `GET /v1/metrics/provisioning`. */
export function provisioningMetricsRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/v1/metrics/provisioning',
      operationId: 'getProvisioningMetrics',
      tag: 'Operating',
      summary: 'Get numbers about operations: success, duration, failure points, bottlenecks and use',
      description: `Counts the operations that were requested in the period, at most ${MAX_DAYS} days. A token that may only order sees the numbers of its own operations.`,
      access: READS_OPERATIONS,
      query: metricsQuery,
      answers: { 200: { description: 'The numbers of each group.', schema: provisioningMetricsSchema } },
      problems: [],
      handle: async ({ query, principal }) => {
        const { groupBy, kind = 'provision', timeZone = 'UTC' } = query;
        const period = periodOf(query, new Date());
        const caller = operationsSeenBy(principal);
        const body = await readProvisioningMetrics(pool, { ...period, groupBy, kind, timeZone, caller });
        return { status: 200, body };
      },
    }),
  ];
}

/** The period that a query asks for. Throws a problem if it is empty or too long. */
export function periodOf(
  asked: { from?: Date | undefined; to?: Date | undefined },
  now: Date,
): { from: Date; to: Date } {
  const to = asked.to ?? now;
  const from = asked.from ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS);
  const length = to.getTime() - from.getTime();
  if (length <= 0) throw wrongPeriod('Must be before `to`.');
  if (length > MAX_DAYS * DAY_MS)
    throw wrongPeriod(`Is more than ${MAX_DAYS} days before \`to\`. Ask for a shorter period.`);
  return { from, to };
}

function wrongPeriod(detail: string): ApiProblem {
  return new ApiProblem('invalid-parameter', {
    detail: 'Correct the query parameters that the pointers name.',
    errors: [{ pointer: '/from', detail }],
  });
}

/** Whether PostgreSQL and JavaScript know it as a zone's name. Offsets are no names, and the two read their signs differently. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]+(?:[/_-][A-Za-z]+)*$/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
