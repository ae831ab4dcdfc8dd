import { z } from 'zod';
import { PLANS } from '../../contract/order';
import { STATUSES } from '../../contract/states';
import type { OperationFilter } from '../../registry/operation-filter';
import { hashOrganization } from '../../registry/organization-search';
import { decodeCursor } from '../../registry/pages';
import type { ApiDependencies } from '../dependencies';

const MOST = 100;

const time = z.iso
  .datetime({ offset: true, error: 'Must be a time in ISO 8601 with its offset, such as 2026-01-31T12:00:00Z.' })
  .transform((text) => new Date(text));

/** Query parameters of a list of operations or tenants: filters, and which part of it. */
export const listQuery = z.strictObject({
  status: z.enum(STATUSES).optional(),
  plan: z.enum(PLANS).optional(),
  region: z.string().max(100).optional().meta({ description: 'A region by its name.', example: 'eu-central' }),
  name: z.string().max(100).optional().meta({ description: 'What the tenant’s name begins with.', example: 'acme' }),
  organization: z.string().max(1000).optional().meta({
    description: 'The organization’s whole name; case and repeated blanks do not matter.',
    example: 'Acme Bikes Ltd.',
  }),
  createdFrom: time.optional().meta({ type: 'string', format: 'date-time', description: 'Ordered then or later.' }),
  createdBefore: time.optional().meta({ type: 'string', format: 'date-time', description: 'Ordered before then.' }),
  cursor: z
    .string()
    .max(100)
    .transform((text, context) => {
      const position = decodeCursor(text);
      if (position) return position;
      context.addIssue({ code: 'custom', message: 'Is not a cursor of this list. Begin again without one.' });
      return z.NEVER;
    })
    .optional()
    .meta({ type: 'string', description: '`nextCursor` of the page before.' }),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, `Must be a whole number from 1 to ${MOST}.`)
    .transform(Number)
    .refine((value) => value >= 1 && value <= MOST, `Must be a whole number from 1 to ${MOST}.`)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: MOST, description: 'Entries a page; 50 unless told.' }),
});

/** What a list asks the registry for; an organization is found by its hash only. */
export async function filterOf(
  { pool, keys }: Pick<ApiDependencies, 'pool' | 'keys'>,
  { cursor, limit = DEFAULT_LIMIT, organization, ...filters }: z.output<typeof listQuery>,
  caller: string | undefined,
): Promise<OperationFilter> {
  const hash = organization === undefined ? undefined : await hashOrganization(pool, keys, organization);
  return { ...filters, organization: hash, caller, after: cursor, limit };
}

/** The same without filters. */
export const pageQuery = listQuery.pick({ cursor: true, limit: true });

/** Entries of a page when nobody says. */
export const DEFAULT_LIMIT = 50;
