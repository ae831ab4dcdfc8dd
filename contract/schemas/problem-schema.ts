import { z } from 'zod';

/** The body of an error response, `application/problem+json` (RFC 9457). */
export const problemSchema = z
  .strictObject({
    type: z.string().meta({
      description: 'Stable URI that identifies the type of the problem and leads to a page about it.',
      example: 'https://api.example.com/problems/invalid-order',
    }),
    title: z.string().meta({
      description: 'Short summary, the same for every problem of the type.',
      example: 'The order is not valid',
    }),
    status: z.int().min(400).max(599).meta({ description: 'The HTTP status.', example: 422 }),
    detail: z.string().meta({ description: 'What happened this time, why, and what to do now.' }).optional(),
    instance: z.string().meta({ description: 'The path of the request.', example: '/v1/tenants' }).optional(),
    requestId: z
      .string()
      .meta({ description: 'Id of the request in the logs. Quote it when you ask for help.' })
      .optional(),
    errors: z
      .array(
        z.strictObject({
          pointer: z
            .string()
            .meta({ description: 'RFC 6901 pointer into the request body.', example: '/adminUser/email' }),
          detail: z.string().meta({ description: 'What is wrong with the field and how to correct it.' }),
          type: z
            .string()
            .meta({ description: 'Type from the failure catalogue, where it has one.', example: 'FeatureNotInPlan' })
            .optional(),
        }),
      )
      .meta({ description: 'Every field that is wrong.' })
      .optional(),
    allowed: z
      .array(z.string())
      .meta({ description: 'On a state conflict: the verbs that are allowed now.', example: ['cancel'] })
      .optional(),
    oldest: z.int().meta({ description: 'Number of the oldest event that is kept.', example: 4000 }).optional(),
    newest: z.int().meta({ description: 'Number of the newest event.', example: 4711 }).optional(),
  })
  .meta({ id: 'Problem', description: 'What went wrong (RFC 9457).' });

/** The body of an error response. */
export type Problem = z.infer<typeof problemSchema>;
