import { z } from 'zod';
import { PLANS } from '../../contract/orders/order';
import { STATUSES } from '../../contract/operations/states';
import type { OperationFilter } from '../../registry/views/operation-filter';
import { hashOrganization } from '../../registry/tenants/organization-search';
import { decodeCursor } from '../../registry/pages';
import type { ApiDependencies } from '../dependencies';

const MAX_LIMIT = 100;

/** A time in a query. */
export const timeFilter = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z.' })
  .transform((text) => new Date(text));

/** Query parameters of a list of operations or tenants: filters and paging. */
export const listQuery = z.strictObject({
  status: z.enum(STATUSES).optional(),
  plan: z.enum(PLANS).optional(),
  region: z.string().max(100).optional().meta({ description: 'Name of a region.', example: 'eu-central' }),
  name: z.string().max(100).optional().meta({ description: 'Beginning of the tenant’s name.', example: 'acme' }),
  organization: z.string().max(1000).optional().meta({
    description: 'Full name of the organization. Case and repeated spaces are ignored.',
    example: 'Acme Bikes Ltd.',
  }),
  createdFrom: timeFilter.optional().meta({
    type: 'string',
    format: 'date-time',
    description: 'Ordered at this time or later.',
  }),
  createdBefore: timeFilter.optional().meta({
    type: 'string',
    format: 'date-time',
    description: 'Ordered before this time.',
  }),
  cursor: z
    .string()
    .max(200)
    .transform((text, context) => {
      const position = decodeCursor(text);
      if (position) return position;
      context.addIssue({ code: 'custom', message: 'Is not a cursor of this list. Start again without one.' });
      return z.NEVER;
    })
    .optional()
    .meta({ type: 'string', description: '`nextCursor` of the previous page.' }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `Must be a whole number from 1 to ${MAX_LIMIT}.`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MAX_LIMIT, `Must be a whole number from 1 to ${MAX_LIMIT}.`)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: MAX_LIMIT, description: 'Entries per page; 50 by default.' }),
});

/** The registry's filter for a list query. Organizations are encrypted, so one is searched for by the hash of its name. */
export async function filterOf(
  { pool, keys }: Pick<ApiDependencies, 'pool' | 'keys'>,
  { cursor, limit = DEFAULT_LIMIT, organization, ...filters }: z.output<typeof listQuery>,
  caller: string | undefined,
): Promise<OperationFilter> {
  const hash = organization === undefined ? undefined : await hashOrganization(pool, keys, organization);
  return { ...filters, organization: hash, caller, after: cursor, limit };
}

/** Paging parameters only. */
export const pageQuery = listQuery.pick({ cursor: true, limit: true });

/** Entries per page if the caller sets no limit. */
export const DEFAULT_LIMIT = 50;
