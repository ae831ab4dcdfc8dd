import { z } from 'zod';

/** An error answer, `application/problem+json` (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({
      description: 'Stable name of the problem; a page about it.',
      example: 'https://api.example.com/problems/invalid-order',
    }),
    title: z
      .string()
      .meta({ description: 'The same for every problem of the type.', example: 'The order is not valid' }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.', example: 422 }),
    detail: z.string().meta({ description: 'This occurrence: what, why, what to do now.' }).optional(),
    instance: z.string().meta({ description: 'The path that was asked for.', example: '/v1/tenants' }).optional(),
    requestId: z.string().meta({ description: 'Quote it when you ask for help; the logs carry it.' }).optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z.string().meta({ description: 'RFC 6901 pointer into the body.', example: '/adminUser/email' }),
          detail: z.string().meta({ description: 'What is wrong there and what to do.' }),
          type: z
            .string()
            .meta({ description: 'The failure’s type, where the catalogue has one.', example: 'FeatureNotInPlan' })
            .optional(),
        }),
      )
      .meta({ description: 'Every field at fault.' })
      .optional(),
    allowed: z
      .array(z.string())
      .meta({ description: 'On a conflict of state: what may be asked now.', example: ['cancel'] })
      .optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });

/** An error answer. */
export type Problem = z.infer<typeof problemSchema>;
