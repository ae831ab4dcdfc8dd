import { usageReceiptSchema, usageReportSchema } from '../../../contract/schemas/usage/usage-schema';
import { REFUSALS } from '../../../contract/usage/usage';
import { storeUsage } from '../../../registry/usage/store';
import type { ApiDependencies } from '../../dependencies';
import { defineRoute, type Route } from '../../http/route';

/** Source of records whose report names none. */
const DEFAULT_SOURCE = 'application';

/** `POST /v1/usage`. */
export function usageReportRoutes({ pool }: ApiDependencies): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/v1/usage',
      operationId: 'reportUsage',
      tag: 'Usage',
      summary: 'Report what tenants have used',
      description:
        'For the application. Records are stored in one transaction, and each has a result of its own: one that is refused holds up no other. If no answer arrives, send the same request again: records count once. A body that does not match the schema stores nothing.',
      access: ['usage:write'],
      body: usageReportSchema,
      bodyLimit: 256 * 1024,
      answers: { 200: { description: 'What became of each record.', schema: usageReceiptSchema } },
      problems: [],
      handle: async ({ body: { source = DEFAULT_SOURCE, records } }) => {
        const outcomes = await storeUsage(pool, {
          source,
          records: records.map(({ at, revision = 1, ...record }) => ({ ...record, at: new Date(at), revision })),
        });
        const results = outcomes.map((result, index) => {
          const { tenantId, recordId } = records[index]!;
          const detail = result.outcome === 'refused' ? { detail: REFUSALS[result.reason] } : {};
          return { tenantId, recordId, ...result, ...detail };
        });
        const refused = results.filter(({ outcome }) => outcome === 'refused').length;
        return { status: 200, body: { results, refused } };
      },
    }),
  ];
}
