import { z } from 'zod';
import { PLANS } from '../../contract/order';
import { STATUSES } from '../../contract/states';
import { decodeCursor } from '../../registry/pages';

const MOST = 100;

/** Query parameters of a list: filters, and which part of it. */
export const listQuery = z.strictObject({
  status: z.enum(STATUSES).optional(),
  plan: z.enum(PLANS).optional(),
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

/** The same without filters. */
export const pageQuery = listQuery.pick({ cursor: true, limit: true });

/** Entries of a page when nobody says. */
export const DEFAULT_LIMIT = 50;
